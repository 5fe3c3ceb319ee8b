import { SYSTEM } from './author.ts';
import type { AnnouncedChange, ChangeContent } from './change.ts';
import type { Language } from './text.ts';

/** Whose id no change and no controller has. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** A controller that there is not, with one contact: whom samples of mails and pages are made out to. */
export interface SampleController {
  readonly id: string;
  readonly name: string;
  readonly contact: { readonly name: string; readonly email: string };
  /** Written like a reference; it names nobody. */
  readonly reference: string;
}

const shared = { id: NOBODY, reference: 'VS-0000-0000' };
export const SAMPLE_CONTROLLERS: Readonly<Record<Language, SampleController>> = {
  da: { ...shared, name: 'Eksempel A/S', contact: { name: 'Eva Eksempel', email: 'eva@eksempel.example' } },
  en: { ...shared, name: 'Sample Ltd', contact: { name: 'Sam Sample', email: 'sam@sample.example' } },
};

/** How long the page of a sample stands after the test notice that led to it. */
export const SAMPLE_LIFETIME = { hours: 30 * 24 };

/** What a change of this content would be if it were announced at `at`. It is on no record. */
export function sampleChange(content: ChangeContent, at: Temporal.Instant): AnnouncedChange {
  return {
    ...content,
    id: NOBODY,
    version: 1,
    status: 'announced',
    contentHash: null,
    announcedAt: at,
    announcedBy: SYSTEM,
    heldUntil: null,
    wordingConfirmed: null,
    toldSince: at,
  };
}
