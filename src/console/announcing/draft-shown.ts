import type { AnnouncementDraft } from '../../db/announcement-drafts.ts';
import type { Visit } from '../visit.ts';
import { addressOfStep } from './draft-of.ts';
import type { FaultInWords } from './faults.ts';
import { typedIn } from './fields.ts';
import { kindOf, stepsOf, type Step } from './steps.ts';
import { textsIn } from './texts.ts';

/** What a draft is called: by its kind, and by its company where one is to be typed. */
export function nameOf({ fields }: Pick<AnnouncementDraft, 'fields'>, { language }: Pick<Visit, 'language'>): string {
  const t = textsIn(language);
  const kind = kindOf(fields);
  const { name } = t.kinds[kind];
  // There no company is typed: one or several of the register are chosen.
  if (kind === 'transfer-basis' || kind === 'removal') return name;
  return `${name}: ${typedIn(fields, 'subProcessor.name') || t.drafts.untitled}`;
}

/** The steps, each with whether something of it is missing or wrong; `null` for the faults where nothing could be judged yet. */
export function stepsShown(
  { id, fields }: Pick<AnnouncementDraft, 'id' | 'fields'>,
  here: Step,
  faults: readonly Pick<FaultInWords, 'step'>[] | null,
  { language }: Pick<Visit, 'language'>,
) {
  const t = textsIn(language);
  const isWrong = (step: Step) => faults === null || faults.some((fault) => fault.step === step);
  return stepsOf(kindOf(fields)).map((step) => ({
    name: t.steps[step],
    address: addressOfStep(id, step),
    isHere: step === here,
    state: step === 'review' ? '' : isWrong(step) ? t.state.missing : t.state.done,
  }));
}
