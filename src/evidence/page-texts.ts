import type { Language } from '../domain/text.ts';
import type { Reader } from '../domain/wording.ts';
import type { What } from './timeline.ts';

/** The words of `LÆS-MIG.html` and `README.html`. */
export interface PageTexts {
  readonly language: Language;
  readonly otherFile: string;
  readonly otherLanguage: string;
  readonly title: (change: string) => string;
  readonly shareOf: (name: string) => string;
  readonly redacted: string;
  readonly intro: string;
  readonly plannedHeading: string;
  readonly announced: (at: string, by: string) => string;
  readonly planned: (day: string) => string;
  readonly reason: string;
  readonly asked: Readonly<Record<Reader, string>>;
  readonly objectable: Readonly<Record<Reader, string>>;
  readonly informed: string;
  readonly field: string;
  readonly before: string;
  readonly after: string;
  readonly decidedHeading: string;
  readonly countingHeading: string;
  readonly countingFacts: (days: number, zone: string) => string;
  readonly countingExample: string;
  readonly dayNotCounted: string;
  readonly dayNumber: (number: number) => string;
  readonly dayRolled: string;
  readonly lastDay: string;
  readonly noWindow: string;
  readonly silence: Readonly<Record<Reader, string>>;
  readonly controllersHeading: string;
  readonly controllersLeftOut: (shown: number, total: number) => string;
  readonly controller: string;
  readonly notified: string;
  readonly deadline: string;
  readonly objections: string;
  readonly answers: string;
  readonly approvals: string;
  readonly storiesHeading: string;
  readonly storiesLeftOut: string;
  /** The link to a mail in the pack. */
  readonly mailFile: string;
  /** The link to a scan in the pack. */
  readonly scanFile: string;
  readonly gateHeading: string;
  readonly gateNone: string;
  readonly gateNotShown: string;
  readonly gateAt: (at: string) => string;
  readonly gate: Readonly<
    Record<
      | 'controllers'
      | 'notified'
      | 'windowsOpen'
      | 'latestDeadline'
      | 'objections'
      | 'pending'
      | 'unread'
      | 'approvals'
      | 'software',
      string
    >
  >;
  readonly registerHeading: string;
  readonly registerBefore: string;
  readonly registerAfter: string;
  readonly registerUnchanged: string;
  readonly verifyHeading: string;
  readonly verify: readonly string[];
  readonly notInPack: string;
  readonly unsealed: (count: number) => string;
  readonly emptied: string;
  readonly linksCut: string;
  readonly othersLeftOut: string;
  readonly omitted: string;
  readonly checkpoints: string;
  readonly none: string;
  /** What happened, in a sentence, from the columns of its row. */
  readonly say: Readonly<Record<What, (columns: Readonly<Record<string, unknown>>) => string>>;
}
