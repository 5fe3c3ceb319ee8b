import { announcement } from '../../api/change-schemas.ts';
import type { AnnouncementDraft } from '../../db/announcement-drafts.ts';
import type { Visit } from '../visit.ts';
import { announcementOf } from './announcement-of.ts';
import { addressOfStep } from './draft-of.ts';
import type { FaultInWords } from './faults.ts';
import { typedIn } from './fields.ts';
import type { Ground } from './judging.ts';
import { kindOf, stepOfField, stepsOf, type Step } from './steps.ts';
import { textsIn } from './texts.ts';

/** What a draft is called: by its kind, and its company where that is typed. */
export function nameOf({ fields }: Pick<AnnouncementDraft, 'fields'>, { language }: Pick<Visit, 'language'>): string {
  const t = textsIn(language);
  const company = typedIn(fields, 'subProcessor.name') || t.drafts.untitled;
  return `${t.kinds[kindOf(fields)].name}: ${company}`;
}

/** The steps with what is filled in of each, as far as its form says; one with a fault of these is not done. */
export function stepsShown(
  { id, fields }: Pick<AnnouncementDraft, 'id' | 'fields'>,
  here: Step,
  ground: Ground | null,
  { language }: Pick<Visit, 'language'>,
  faults: readonly Pick<FaultInWords, 'step'>[],
) {
  const t = textsIn(language);
  const { body, fieldOf } = announcementOf(fields, ground?.register ?? []);
  const issues = announcement.safeParse(body).error?.issues ?? [];
  const wrong = new Set([
    ...issues.map(({ path }) => fieldOf(path.join('.'))).map((field) => field && stepOfField(field)),
    ...faults.map(({ step }) => step),
  ]);
  return stepsOf(kindOf(fields)).map((step) => ({
    name: t.steps[step],
    address: addressOfStep(id, step),
    isHere: step === here,
    state: step === 'review' ? '' : wrong.has(step) ? t.state.missing : t.state.done,
  }));
}
