import type { AnnouncementRefusal } from '../../domain/announcement-refusal.ts';
import type { ChangeKind } from '../../domain/change.ts';
import type { Language } from '../../domain/text.ts';
import type { WARNING_CODES } from '../../domain/warning.ts';
import type { BasisChoice, Need } from './places.ts';
import type { Step } from './steps.ts';

/** The fields of the forms, by what they are called: those of rows without the numbers of their rows. */
export const LABELLED = [
  'product',
  'kind',
  'supersedes',
  'entry',
  'children',
  'subProcessor.name',
  'subProcessor.registrationNumber',
  'subProcessor.address',
  'subProcessor.country',
  'subProcessor.contactPerson.name',
  'subProcessor.contactPerson.email',
  'subProcessor.parentId',
  'subProcessor.processing.da',
  'subProcessor.processing.en',
  'subProcessor.personalData.da',
  'subProcessor.personalData.en',
  'wordingOnly.processing',
  'wordingOnly.personalData',
  'country',
  'basis',
  'certifiedAs',
  'entries',
  'reason.da',
  'reason.en',
  'plannedActivationOn',
  'farDate',
  'holdMinutes',
  'scope',
  'separation.da',
  'separation.en',
  'regime.objection',
  'regime.approval',
  'upstream.noticeReceivedOn',
  'upstream.objectBy',
  'upstream.effectiveOn',
  'upstream.reference',
  'listedInTerms',
] as const;
export type Labelled = (typeof LABELLED)[number];

/** What words for refusals and warnings are made of: whatever of the announcement they name. */
export interface Said {
  /** The country of the place that a refusal is about, by its name, and what a place there needs. */
  readonly country: string;
  readonly need: Need | null;
  /** The company that is typed; and the child or entry that a refusal is about. */
  readonly company: string;
  readonly child: string;
  readonly entry: string;
  /** The earliest day that the change can be planned for, and the day that is, in words. */
  readonly earliest: string;
  readonly planned: string;
  readonly withoutContact: number;
  readonly withoutApprover: number;
  /** Names of the register, or of changes that are open, that are nearly the typed one. */
  readonly similar: string;
  /** The texts that have no English, and the elements that would wait for an approval. */
  readonly untranslated: string;
  readonly waiting: string;
  readonly inEnglish: number;
}

type WarningCode = (typeof WARNING_CODES)[number];
/** What an announcement can be warned of. */
export type AnnouncementWarning = Extract<
  WarningCode,
  | 'nobody-to-notify'
  | 'nobody-may-approve'
  | 'few-working-days'
  | 'last-day-not-working'
  | 'no-day-to-spare'
  | 'planned-date-far'
  | 'similar-name'
  | 'not-translated'
  | 'could-be-apart'
  | 'upstream-deadline-missed'
  | 'upstream-effective-later'
>;

/** The words of announcing, in one language. */
export interface Texts {
  readonly title: string;
  readonly intro: string;
  readonly drafts: {
    readonly heading: string;
    readonly columns: { readonly what: string; readonly product: string; readonly saved: string };
    readonly untitled: string;
    readonly kept: string;
    readonly discard: string;
    readonly discarded: string;
    readonly noProduct: string;
    readonly begin: string;
    readonly instead: string;
  };
  readonly saved: string;
  readonly savedElsewhere: string;
  /** What is said while the draft saves itself. */
  readonly keeping: {
    readonly saved: (time: string) => string;
    readonly elsewhere: string;
    readonly lapsed: string;
    readonly failed: string;
  };
  readonly steps: Readonly<Record<Step, string>>;
  readonly stepsHeading: string;
  readonly state: { readonly done: string; readonly missing: string };
  readonly buttons: {
    readonly start: string;
    readonly next: string;
    readonly save: string;
    readonly find: string;
    readonly use: string;
    readonly amend: string;
    readonly addPlace: string;
    readonly test: string;
    readonly announce: (controllers: number) => string;
    readonly propose: string;
  };
  readonly kinds: Readonly<Record<ChangeKind, { readonly name: string; readonly hint: string }>>;
  readonly labels: Readonly<Record<Labelled, string>>;
  readonly hints: Readonly<Partial<Record<Labelled, string>>>;
  readonly entryLabels: Readonly<Record<'replacement' | 'amendment' | 'removal', string>>;
  /** The texts that customers read, without their languages. */
  readonly texts: Readonly<Record<'reason' | 'subProcessor.processing' | 'subProcessor.personalData', string>>;
  readonly optional: string;
  readonly lookup: {
    readonly heading: string;
    readonly hint: string;
    readonly label: string;
    readonly none: (words: string) => string;
    readonly found: string;
    readonly inProduct: (product: string) => string;
    readonly inThisRegister: string;
  };
  readonly company: {
    readonly chooseEntry: string;
    readonly emptyRegister: string;
    readonly facts: string;
    readonly factsOfAmendment: string;
    readonly contactPerson: string;
    readonly processing: string;
    readonly processor: (name: string) => string;
    readonly children: string;
    readonly childrenHint: string;
    readonly childLabel: (child: string, under: string) => string;
    readonly choose: string;
    readonly leaves: string;
    readonly staysUnder: (parent: string) => string;
    readonly staysUnderNew: (replaced: string) => string;
    readonly wordingHint: string;
  };
  readonly places: {
    readonly hint: string;
    readonly row: (row: number) => string;
    readonly groups: Readonly<Record<Need, string>>;
    readonly bases: Readonly<Record<BasisChoice, string>>;
    readonly unchanged: string;
    readonly needs: Readonly<Record<Need, (country: string) => string>>;
    readonly entriesHint: string;
    readonly noneOutside: string;
    readonly today: (basis: string) => string;
  };
  readonly when: {
    readonly earliest: (day: string) => string;
    readonly upstream: string;
    readonly upstreamHint: string;
    readonly stricter: string;
    readonly each: string;
  };
  readonly review: {
    readonly incomplete: string;
    readonly incompleteBody: string;
    readonly refused: string;
    readonly warnings: string;
    readonly regimeHeading: string;
    readonly wordingOnly: string;
    readonly needs: {
      readonly both: string;
      readonly approval: string;
      readonly objection: string;
      readonly none: string;
    };
    readonly audience: string;
    readonly facts: {
      readonly controllers: string;
      readonly notices: string;
      readonly noticesValue: (total: number, da: number, en: number) => string;
      readonly withoutContact: string;
      readonly withoutApprover: string;
      readonly lastDay: string;
      readonly planned: string;
      readonly earliest: string;
      readonly noLaterThan: string;
      readonly hold: string;
      readonly holdValue: (minutes: number) => string;
      readonly nobody: string;
      readonly unreachable: (count: number) => string;
    };
    readonly comparison: string;
    readonly comparisonHint: string;
    readonly mails: string;
    readonly mailsHint: string;
    readonly mailKinds: Readonly<Record<'notice' | 'reminder' | 'approval-reminder' | 'change-activated', string>>;
    readonly mailOf: (kind: string, language: string) => string;
    readonly subject: string;
    readonly asText: string;
    readonly languages: Readonly<Record<Language, string>>;
    readonly test: string;
    readonly testHint: (email: string) => string;
    readonly tested: (email: string) => string;
    readonly testFailed: (response: string) => string;
    readonly samplePage: string;
    readonly act: string;
    readonly announceHint: (controllers: number) => string;
    readonly heldHint: (minutes: number) => string;
    readonly proposeHint: string;
    readonly proposeFirst: string;
    readonly outdated: string;
    readonly outdatedBody: string;
  };
  readonly faults: {
    readonly missing: Readonly<Record<Labelled, string>>;
    readonly expected: Readonly<Partial<Record<Labelled, string>>>;
    readonly illFormed: (label: string) => string;
    readonly tooLong: (label: string, limit: number, found: number) => string;
    readonly hidden: (label: string, code: string, place: number) => string;
    readonly otherChange: string;
    readonly customers: string;
  };
  readonly refusals: Readonly<Record<AnnouncementRefusal['because'], (said: Said) => string>>;
  readonly warnings: Readonly<Record<AnnouncementWarning, (said: Said) => string>>;
}
