import type { ComparedContact, ControllerDifference } from '../../domain/controller-differences.ts';
import { oneLine, type Language } from '../../domain/text.ts';
import type { Warning } from '../../domain/warning.ts';
import { numberInWords } from '../numbers.ts';
import { importFaultInWords } from './import-fault-words.ts';
import { customerPath } from './shown.ts';
import { customerWords } from './texts.ts';
import { warningInWords } from './warning-words.ts';

/** A rejected row, as the API names it. */
export interface Rejected {
  readonly line: number;
  readonly externalId: string | null;
  readonly errors: readonly { readonly path: string; readonly message: string; readonly found: string | null }[];
}

/** What an import did, or would do, as the API answers it. */
export interface ImportAnswer {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly agreementsEnded: number;
  readonly mails: number;
  readonly hash: string;
  readonly rejected: readonly Rejected[];
  readonly warnings: readonly (Warning & {
    readonly line: number | null;
    readonly externalId: string | null;
  })[];
  readonly missing: {
    readonly product: string;
    readonly controllers: number;
    readonly externalIds: readonly string[];
  } | null;
  readonly differences: readonly {
    readonly line: number;
    readonly externalId: string;
    readonly how: 'created' | 'updated';
    readonly name: string;
    readonly differences: readonly ControllerDifference[];
  }[];
}

/** How many rejected rows and warnings a page shows. */
const SHOWN = 200;

/** What an import did, or would do, in the words of a page, which calls products by their names. */
export function importResultOf(answer: ImportAnswer, nameOf: (product: string) => string, language: Language) {
  const { importing: t } = customerWords(language);
  const { created, updated, unchanged, agreementsEnded, mails, rejected, warnings, missing } = answer;
  const changed = created + updated;
  const count = (number: number) => numberInWords(number, language);
  const ofRows = (named: number, all: number) => (named < all ? t.rowsShown(named, all) : null);
  return {
    hash: answer.hash,
    isNothing: changed === 0 && agreementsEnded === 0,
    facts: [
      { name: t.created, value: count(created) },
      { name: t.updated, value: count(updated) },
      { name: t.unchanged, value: count(unchanged) },
      ...(missing === null && agreementsEnded === 0
        ? []
        : [{ name: t.agreementsEnded, value: count(agreementsEnded) }]),
      { name: t.mails, value: count(mails) },
      { name: t.rejected, value: count(rejected.length) },
    ],
    missing: missing && {
      text: t.missing(missing.controllers, nameOf(missing.product)),
      externalIds: missing.externalIds,
    },
    rejected: rejectedRows(rejected, language),
    rejectedShown: ofRows(Math.min(rejected.length, SHOWN), rejected.length),
    warnings: warnings.slice(0, SHOWN).map(({ line, externalId, ...warning }) => ({
      line: line === null ? '' : String(line),
      externalId: externalId ?? '',
      message: warningInWords(warning, language),
    })),
    warningsShown: ofRows(Math.min(warnings.length, SHOWN), warnings.length),
    differences: answer.differences.map(({ line, externalId, how, name, differences }) => ({
      line,
      externalId,
      path: customerPath(externalId),
      how: t.how[how],
      isNew: how === 'created',
      name: oneLine(name),
      rows: differences.map((each) => ({
        field: t.fields[each.field],
        from: valueOf(withProductNamed(each.from, each.field, nameOf), language),
        to: valueOf(withProductNamed(each.to, each.field, nameOf), language),
      })),
    })),
    differencesShown:
      answer.differences.length < changed ? t.differencesShown(answer.differences.length, changed) : null,
  };
}

/** Rejected rows, a fault in each line of the table. */
export function rejectedRows(rejected: readonly Rejected[], language: Language) {
  const { importing: t } = customerWords(language);
  return rejected.slice(0, SHOWN).flatMap(({ line, externalId, errors }) =>
    errors.map(({ path, message, found }) => ({
      line: line === 0 ? '' : String(line),
      externalId: externalId ?? '',
      path,
      message: importFaultInWords(message, language),
      // `[]` is a list of nothing, as the API shows what it found.
      found: found === null || found === '[]' ? t.none : found,
    })),
  );
}

/** A difference of an agreement begins with the id of its product: `truetalk`, or `truetalk: 2026-03` with its terms. */
function withProductNamed<Value>(
  value: Value,
  field: ControllerDifference['field'],
  nameOf: (product: string) => string,
) {
  if (typeof value !== 'string' || (field !== 'product' && field !== 'termsVersion')) return value;
  return value.replace(/^[^:]+/, nameOf);
}

function valueOf(value: string | ComparedContact | null, language: Language): string | null {
  const { importing: t } = customerWords(language);
  if (value === null || typeof value === 'string') return value && oneLine(value);
  const { name, email, language: speaks, mayApprove } = value;
  const facts = [oneLine(name), email, t.speaks[speaks], ...(mayApprove ? [t.mayApprove] : [])];
  return facts.join(', ');
}
