import { sendTest } from '../../api/change-preview.ts';
import { announce } from '../../api/changes.ts';
import { make as makeProposal } from '../../api/proposals.ts';
import { endDraft } from '../../db/announcement-drafts.ts';
import { Refused } from '../../domain/refused.ts';
import { toProblem } from '../../http/errors.ts';
import { PROBLEMS, type ProblemCode } from '../../http/problems.ts';
import type { ConsoleDependencies } from '../dependencies.ts';
import { consolePage, type Shown } from '../page.ts';
import { problemInWords } from '../problem-words.ts';
import type { Visit } from '../visit.ts';
import { addressOfStep, draftOf } from './draft-of.ts';
import { judgingOf } from './judging.ts';
import { showReview, type Outcome } from './review-handlers.ts';
import { textsIn } from './texts.ts';

/** `GET /console/announce/:id/mail`: one of the mails as it would look. */
export const showPlannedMail = consolePage('changes:announce', async (visit, dependencies) => {
  const { fields } = await draftOf(visit, dependencies);
  const { judged } = await judgingOf(visit, fields);
  const found = judged?.preview?.messages.find(
    ({ kind, language }) => kind === visit.query.mail && language === visit.query.language,
  );
  return { mail: found?.html ?? '' };
});

/** `POST /console/announce/:id/test`: sends the notice, marked as a test, to the person who is signed in. */
export const sendTestNotice = consolePage('changes:announce', async (visit, dependencies) => {
  const { person, language } = visit;
  const { review } = textsIn(language);
  return tried(visit, dependencies, async (body) => {
    const to = { email: person.email, name: person.name, language };
    const sent = await visit.perform(sendTest, { body: { announcement: body, to } });
    const { outcome, response } = sent.body as { outcome: string; response: string };
    // By an address of its own, so that going back does not send it again.
    if (outcome === 'accepted') return { to: `${addressOfStep(visit.params.id ?? '', 'review')}?tested=1` };
    return { error: { summary: review.testFailed(response), message: '' } };
  });
});

/** `POST /console/announce/:id/announce`: announces what the page has shown, and only that. */
export const announceDraft = consolePage(
  'changes:announce',
  (visit, dependencies) =>
    tried(visit, dependencies, async (body) => {
      const expect = { hash: visit.form.hash, controllers: Number(visit.form.controllers) };
      const made = await visit.perform(announce, { body: { ...body, expect } });
      return led(visit, dependencies, `/console/changes/${(made.body as { id: string }).id}`);
    }),
  { takesFreshFactors: true },
);

/** `POST /console/announce/:id/propose`: proposes what the page has shown, for another person to approve (D60). */
export const proposeDraft = consolePage('changes:announce', (visit, dependencies) =>
  tried(visit, dependencies, async (body, seen) => {
    if (seen !== visit.form.hash) throw new Refused('preview-outdated', 'What would go out is another by now.');
    const made = await visit.perform(makeProposal, { body: { kind: 'announcement', announcement: body } });
    return led(visit, dependencies, `/console/proposals/${(made.body as { id: string }).id}`);
  }),
);

/** Ends the draft with the page of what became of it, and leads there. */
async function led({ person, params }: Visit, { api }: ConsoleDependencies, to: string): Promise<{ to: string }> {
  await endDraft(api.pool, person.id, params.id ?? '', to);
  return { to };
}

/** Does something with what is typed, and with the hash of what would go out now; what is refused is told on the page, as it is now. */
async function tried(
  visit: Visit,
  dependencies: ConsoleDependencies,
  act: (body: Readonly<Record<string, unknown>>, hash: string | null) => Promise<Outcome | { readonly to: string }>,
): Promise<Shown> {
  const draft = await draftOf(visit, dependencies);
  if (draft.ledTo !== null) return { to: draft.ledTo };
  const { judged } = await judgingOf(visit, draft.fields);
  if (judged === null) return showReview(visit, draft);
  const { typed, preview } = judged;
  try {
    const done = await act(typed.body, preview?.hash ?? null);
    return 'to' in done ? done : await showReview(visit, draft, done);
  } catch (error) {
    const told = refusalOf(error, visit);
    if (told === null) throw error;
    return showReview(visit, draft, told);
  }
}

/** A refusal in words, for the page that shows everything as it is now; `null` for what it has no words for. */
function refusalOf(error: unknown, { language }: Visit): Outcome | null {
  const { review, refusals } = textsIn(language);
  const code = toProblem(error)?.code ?? '';
  const inWords = (summary: string, problem: ProblemCode): Outcome => ({
    error: { summary, message: problemInWords(problem, language) },
    status: PROBLEMS[problem].status,
  });
  const told: Readonly<Record<string, Outcome>> = {
    'preview-outdated': { error: { summary: review.outdated, message: review.outdatedBody }, status: 409 },
    'second-person-needed': { error: { summary: review.act, message: review.proposeFirst }, status: 409 },
    'request-in-progress': inWords(review.act, 'request-in-progress'),
    'test-address-not-allowed': inWords(review.test, 'test-address-not-allowed'),
    'test-notice-limit': inWords(review.test, 'test-notice-limit'),
  };
  // What is wrong with the announcement itself is listed on the page.
  const isOfAnnouncement = code === 'invalid-request' || code in refusals;
  const incomplete = { error: { summary: review.incomplete, message: review.outdatedBody }, status: 422 };
  return told[code] ?? (isOfAnnouncement ? incomplete : null);
}
