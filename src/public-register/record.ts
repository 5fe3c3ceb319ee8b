import type pg from 'pg';
import { firstWaves } from '../db/activations.ts';
import { changesToldOf } from '../db/changes.ts';
import { inSnapshot } from '../db/postgres.ts';
import type { Product } from '../db/products.ts';
import { findEntries, versionsAsOf } from '../db/register.ts';
import { newestCheckpoint } from '../db/seals.ts';
import type { Change } from '../domain/change.ts';
import type { ShortCheckpoint } from '../domain/checkpoint.ts';
import type { CompanyInChain } from '../domain/comparison.ts';
import { companyOf, type Effect } from '../domain/effect.ts';
import type { ChangeElement } from '../domain/regime.ts';
import type { RegisterEntry, SubProcessor } from '../domain/register.ts';

/**
 * What the public may know of a product's register: the sub-processors of one day, and the changes that are planned or have
 * ended, as announced. Nothing of a change that is held (D33). Every format of the register is made from this record alone. It
 * has no field for a controller, a deadline, an objection or an approval, nor for data that reveals them: a change's version counts its objections, and the reason of a
 * withdrawal may name who objected. Contact persons are for controllers only.
 */
export interface RegisterRecord {
  readonly product: Pick<Product, 'id' | 'name' | 'processor' | 'registerLoadedAt'>;
  /** The domain of the processor's address, for the feed's tag URI. */
  readonly domain: string;
  /** The newest checkpoint of the sealed record (D49), whatever the day. */
  readonly checkpoint: ShortCheckpoint | null;
  readonly today: Temporal.PlainDate;
  readonly asOf: Temporal.PlainDate;
  /** The entries in the register on the day `asOf`: one that differs between controllers once for each way it is (D43). */
  readonly entries: readonly PublicEntry[];
  /** Announced changes, the earliest planned day first. */
  readonly planned: readonly PublicChange[];
  /** Activated and withdrawn changes, the last ended first. */
  readonly ended: readonly PublicChange[];
}

/** A sub-processor as the public sees it (B.1, C.5), with the name of the sub-processor that engages it. */
export interface PublicSubProcessor extends Omit<SubProcessor, 'contactPerson'> {
  readonly parentName: string | null;
}

export type PublicEntry = PublicSubProcessor &
  Pick<RegisterEntry, 'id' | 'activeFrom' | 'activeUntil' | 'factsFrom' | 'changeId' | 'forSome'>;

/** What a change does to one company, as the public sees it. */
export interface PublicEffect extends Pick<Effect, 'act' | 'entry'> {
  /** The name of the company that it is about: of one that is replaced, the new one's. */
  readonly name: string;
  /** As it was when the change was announced; `null` of a company that enters alone. */
  readonly from: PublicSubProcessor | null;
  /** As it shall be; `null` of one that leaves. */
  readonly to: PublicSubProcessor | null;
  /** What changes of it, without what is for controllers only. */
  readonly elements: readonly ChangeElement[];
}

export interface PublicChange extends Pick<
  Change,
  'id' | 'kind' | 'status' | 'reason' | 'plannedActivationOn' | 'announcedAt' | 'regime' | 'scope'
> {
  /** Since when it is in force for some customers; `null` where it is for none, or at once for all (D43). */
  readonly forSomeSince: Temporal.Instant | null;
  readonly activatedAt: Temporal.Instant | null;
  readonly withdrawnAt: Temporal.Instant | null;
  /** Company by company: what the change is about first. */
  readonly effects: readonly PublicEffect[];
  readonly timeZone: string;
  /** The domain of the processor's address at the announcement. */
  readonly domain: string;
}

/** The sub-processors that one company engages. */
export interface Tier {
  /** `null` for the processor itself. */
  readonly parent: { readonly name: string; readonly isListed: boolean } | null;
  readonly entries: readonly PublicEntry[];
}

/** Reads the register of a product as of a day, and its changes as of now, in one snapshot. */
export async function readRegister(
  pool: pg.Pool,
  product: Product,
  { asOf, today }: { readonly asOf: Temporal.PlainDate; readonly today: Temporal.PlainDate },
): Promise<RegisterRecord> {
  return inSnapshot(pool, async (db) => {
    const entries = await versionsAsOf(db, product.id, asOf);
    const changes = await changesToldOf(db, product.id);
    const waves = await firstWaves(db, product.id);
    const parents = entries.map(({ parentId }) => parentId).filter((id) => id !== null);
    const found = await findEntries(db, [...new Set(parents)]);
    const names = new Map(found.map(({ id, name }) => [id, name]));
    const published = changes.map((change) => publicChange(change, waves.get(change.id) ?? null));
    return {
      product: {
        id: product.id,
        name: product.name,
        processor: product.processor,
        registerLoadedAt: product.registerLoadedAt,
      },
      domain: domainOf(product.objectionAddress.email),
      checkpoint: await newestCheckpoint(db),
      today,
      asOf,
      entries: entries.map((entry) => publicEntry(entry, names)),
      planned: published
        .filter(({ status }) => status === 'announced')
        .sort((a, b) => Temporal.PlainDate.compare(a.plannedActivationOn, b.plannedActivationOn)),
      ended: published
        .filter(({ status }) => status !== 'announced')
        .sort((a, b) => Temporal.Instant.compare(endOf(b), endOf(a))),
    };
  });
}

/** When a change ended; for an announced change, when it was announced. */
export function endOf({ activatedAt, withdrawnAt, announcedAt }: PublicChange): Temporal.Instant {
  return activatedAt ?? withdrawnAt ?? announcedAt;
}

/**
 * The two tiers of B.1, and more for longer chains: the processor's own sub-processors, then those of each sub-processor.
 */
export function tiersOf(entries: readonly PublicEntry[]): Tier[] {
  const byParent = Map.groupBy(entries, ({ parentId }) => parentId);
  const listed = new Map(entries.map(({ id, name }) => [id, name]));
  // The loop appends to the list that it walks: after each parent, those of its children that are parents themselves.
  const parents: (string | null)[] = [null];
  for (const parent of parents) {
    for (const { id } of byParent.get(parent) ?? []) if (byParent.has(id) && !parents.includes(id)) parents.push(id);
  }
  // The sub-processors of a replaced entry stay listed (docs/decisions/010).
  const withoutParent = [...byParent.keys()].filter((id) => !parents.includes(id));
  return [...parents, ...withoutParent].flatMap((id) => {
    const children = byParent.get(id) ?? [];
    if (children.length === 0) return [];
    const name = children[0]?.parentName ?? '';
    return [{ parent: id === null ? null : { name, isListed: listed.has(id) }, entries: children }];
  });
}

// Copied field by field, so that a field added to a sub-processor or a change later is not public by default.
function publicSubProcessor(subProcessor: SubProcessor, parentName: string | null): PublicSubProcessor {
  const { name, registrationNumber, address, country, parentId, processing, personalData, locations } = subProcessor;
  return { name, registrationNumber, address, country, parentId, parentName, processing, personalData, locations };
}

function publicEntry(entry: RegisterEntry, names: ReadonlyMap<string, string>): PublicEntry {
  const { id, activeFrom, activeUntil, factsFrom, changeId, forSome, parentId } = entry;
  const parentName = parentId === null ? null : (names.get(parentId) ?? null);
  return { id, ...publicSubProcessor(entry, parentName), activeFrom, activeUntil, factsFrom, changeId, forSome };
}

function publicChange(change: Change, forSomeSince: Temporal.Instant | null): PublicChange {
  const { id, kind, status, reason, plannedActivationOn, announcedAt, toldSince, regime, scope } = change;
  return {
    id,
    kind,
    status,
    regime: { objection: regime.objection, approval: regime.approval },
    scope,
    effects: change.effects.map((effect) => publicEffect(effect, change.elements)),
    reason,
    plannedActivationOn,
    announcedAt: toldSince ?? announcedAt,
    forSomeSince,
    activatedAt: change.status === 'activated' ? change.activatedAt : null,
    withdrawnAt: change.status === 'withdrawn' ? change.withdrawnAt : null,
    timeZone: change.terms.timeZone,
    domain: domainOf(change.objectionAddress.email),
  };
}

/** The elements of a company that anybody may see. A new one has to be named here. */
const PUBLIC_ELEMENTS: readonly ChangeElement['element'][] = [
  'company',
  'name',
  'registrationNumber',
  'address',
  'country',
  'parentId',
  'processing',
  'personalData',
  'place',
  'transferBasis',
];

function publicEffect(effect: Effect, elements: readonly ChangeElement[]): PublicEffect {
  const { act, entry, from, to } = effect;
  return {
    act,
    entry,
    name: companyOf(effect).name,
    from: from && publicInChain(from),
    to: to && publicInChain(to),
    elements: elements
      .filter((each) => each.entry === entry && PUBLIC_ELEMENTS.includes(each.element))
      .map(({ company, element, from: before, to: after, regime, clause }) => {
        return { entry, company, element, from: before, to: after, regime, clause };
      }),
  };
}

/** The parent by its name at the announcement. Above the processor's own sub-processors is the processor alone. */
function publicInChain({ company, chain }: CompanyInChain): PublicSubProcessor {
  return publicSubProcessor(company, chain.length > 1 ? (chain.at(-1) ?? null) : null);
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1).toLowerCase();
}
