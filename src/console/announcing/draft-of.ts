import { findDraft, type AnnouncementDraft } from '../../db/announcement-drafts.ts';
import { notFound } from '../../domain/refused.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import type { Visit } from '../visit.ts';
import { STEPS, type Step } from './steps.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The draft that the address names, where it is the person's own. Throws `not-found`. */
export async function draftOf({ params, person }: Visit, { api }: ConsoleDependencies): Promise<AnnouncementDraft> {
  const id = params.id ?? '';
  const found = UUID.test(id) ? await findDraft(api.pool, person.id, id) : null;
  if (found === null) throw notFound(`draft ${id}`);
  return found;
}

/** The step that the address names. Throws `not-found`. */
export function stepOf({ params }: Visit): Step {
  const step = STEPS.find((each) => each === params.step);
  if (step === undefined) throw notFound(`step ${params.step ?? ''}`);
  return step;
}

/** The address of a step of a draft. */
export const addressOfStep = (id: string, step: Step) => `/console/announce/${id}/${step}`;
