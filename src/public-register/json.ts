import { instantText } from '../domain/instant.ts';
import type { PublicChange, PublicEffect, PublicEntry, PublicSubProcessor, RegisterRecord } from './record.ts';

/** The register as JSON: with the API's fields and codes, and texts in every language that they exist in. */
export function registerAsJson({ product, asOf, entries, planned, ended }: RegisterRecord): string {
  return JSON.stringify({
    product: product.id,
    productName: product.name,
    processor: product.processor,
    asOf: asOf.toString(),
    entries: entries.map(entryAsData),
    plannedChanges: planned.map(changeAsData),
    pastChanges: ended.map(changeAsData),
  });
}

function entryAsData(entry: PublicEntry) {
  const { id, activeFrom, activeUntil, factsFrom, changeId, forSome } = entry;
  return {
    id,
    ...describedAsData(entry),
    activeFrom: activeFrom.toString(),
    activeUntil: activeUntil?.toString() ?? null,
    factsFrom: factsFrom.toString(),
    changeId,
    forSome,
  };
}

function changeAsData(change: PublicChange) {
  const text = (instant: Temporal.Instant | null) => (instant === null ? null : instantText(instant));
  return {
    id: change.id,
    kind: change.kind,
    status: change.status,
    regime: change.regime,
    scope: change.scope,
    effects: change.effects.map(effectAsData),
    reason: change.reason,
    plannedActivationOn: change.plannedActivationOn.toString(),
    announcedAt: instantText(change.announcedAt),
    forSomeSince: text(change.forSomeSince),
    activatedAt: text(change.activatedAt),
    withdrawnAt: text(change.withdrawnAt),
  };
}

/** What was before stands in the elements, and in the register of that day. */
function effectAsData({ act, entry, name, to, elements }: PublicEffect) {
  return { act, entry, name, subProcessor: to && describedAsData(to), elements };
}

/** Without `parentName`: `parentId` names the parent. */
function describedAsData({ name, registrationNumber, address, country, parentId, ...rest }: PublicSubProcessor) {
  const { processing, personalData, locations } = rest;
  return { name, registrationNumber, address, country, parentId, processing, personalData, locations };
}
