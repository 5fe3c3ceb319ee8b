import { hiddenCharacterIn } from '../../domain/hidden-characters.ts';
import type { Language } from '../../domain/text.ts';
import type { ProblemCode } from '../../http/problems.ts';
import { typedIn, type Fields } from './fields.ts';
import { kindOf, stepOfField, type FormStep } from './steps.ts';
import { problemInWords } from '../problem-words.ts';
import { textsIn } from './texts.ts';
import { LABELLED, type Labelled, type Said, type Texts } from './texts-shape.ts';

/** A fault of an announcement, in words: at which field and which step, where it is about one. */
export interface FaultInWords {
  readonly field: string | null;
  readonly step: FormStep | null;
  readonly message: string;
  /** Of a rule that refuses it; `null` of the schema. */
  readonly code: ProblemCode | null;
  /** The change that stands in the way; `null` where none does. */
  readonly change: string | null;
  /** Whether it is about customers that nobody can be reached at. */
  readonly isAboutCustomers: boolean;
}

/** A fault as the API tells it: of the schema without a code, of a rule with the code of its refusal. */
export interface Fault {
  readonly code: ProblemCode | null;
  readonly path: string | null;
  readonly message: string;
}

/** How long what is typed in a field may be. */
const LONGEST: Readonly<Partial<Record<Labelled, number>>> = {
  'subProcessor.name': 200,
  'subProcessor.registrationNumber': 50,
  'subProcessor.address': 500,
  'subProcessor.contactPerson.name': 200,
  'subProcessor.processing.da': 5000,
  'subProcessor.processing.en': 5000,
  'subProcessor.personalData.da': 5000,
  'subProcessor.personalData.en': 5000,
  'reason.da': 5000,
  'reason.en': 5000,
  'separation.da': 5000,
  'separation.en': 5000,
  certifiedAs: 200,
  'upstream.reference': 200,
};

/** What a field is called in the texts: a field of a row without its row. */
export function labelledAs(field: string): Labelled {
  const own = LABELLED.find((each) => each === field);
  if (own !== undefined) return own;
  const [first, , , last] = field.split('.');
  if (last === 'certifiedAs' || field.endsWith('.certifiedAs')) return 'certifiedAs';
  if (first === 'entries') return 'entries';
  if (first === 'children') return 'children';
  return field.endsWith('.basis') ? 'basis' : 'country';
}

/** What a field is called in a language; the entry is asked for by what becomes of it. */
export function labelOf(field: string, fields: Fields, t: Texts): string {
  const kind = kindOf(fields);
  if (field === 'entry' && kind !== 'addition' && kind !== 'transfer-basis') return t.entryLabels[kind];
  return t.labels[labelledAs(field)];
}

/** Faults of an announcement in words, each once: what is wrong with a field, or why a rule refuses it. */
export function faultsInWords(
  faults: readonly Fault[],
  fields: Fields,
  fieldOf: (path: string | null) => string | null,
  said: (field: string | null) => Said,
  language: Language,
): FaultInWords[] {
  const t = textsIn(language);
  const words = faults.map((fault): FaultInWords => {
    const field = fieldOf(fault.path);
    const isRefusal = fault.code !== null && fault.code in t.refusals;
    const message = isRefusal
      ? t.refusals[fault.code as keyof Texts['refusals']](said(field))
      : field === null
        ? problemInWords(fault.code ?? 'invalid-request', language)
        : wordsOfField(field, fields, t);
    return {
      field,
      step: field === null ? null : stepOfField(field),
      message,
      code: fault.code,
      change: fault.code === 'change-already-announced' ? changeIn(fault.message) : null,
      isAboutCustomers: fault.code === 'controllers-without-contact',
    };
  });
  return words.filter(
    ({ field, message }, index) =>
      words.findIndex((each) => each.field === field && (field !== null || each.message === message)) === index,
  );
}

/** What is wrong with what is typed in a field, by what is typed. */
function wordsOfField(field: string, fields: Fields, t: Texts): string {
  const typed = typedIn(fields, field);
  const labelled = labelledAs(field);
  const label = labelOf(field, fields, t);
  if (typed === '') return t.faults.missing[labelled];
  const hidden = hiddenCharacterIn(typed);
  if (hidden !== null) return t.faults.hidden(label, hidden.code, hidden.place);
  const limit = LONGEST[labelled];
  if (limit !== undefined && typed.length > limit) return t.faults.tooLong(label, limit, typed.length);
  return t.faults.expected[labelled] ?? t.faults.illFormed(label);
}

/** The id of the change that a refusal names. */
function changeIn(message: string): string | null {
  return /\bchange ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/.exec(message)?.[1] ?? null;
}
