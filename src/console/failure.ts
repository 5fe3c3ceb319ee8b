import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '../http/errors.ts';
import { PROBLEMS } from '../http/problems.ts';
import { sendShown, type Reader } from './frame.ts';
import { consoleTextsIn, type FailureName } from './frame-texts.ts';

const NAMES: Readonly<Record<number, FailureName>> = {
  403: 'forbidden',
  404: 'notFound',
  429: 'tooMany',
  503: 'unavailable',
};

/** Sends the page of what was refused or went wrong. A fault of our own is logged, and its details are hidden. */
export function sendFailurePage(
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  who: Reader,
): Promise<FastifyReply> {
  const problem = toProblem(error);
  if (problem === null) request.log.error({ err: error }, 'a page of the console failed');
  const status = problem === null ? 500 : PROBLEMS[problem.code].status;
  const name = problem === null ? 'internal' : (NAMES[status] ?? 'refused');
  const faults = problem?.details.errors?.map(({ message }) => message) ?? [];
  const detail = problem !== null && name === 'refused' ? [problem.detail, ...faults] : [];
  return sendNamedFailure(request, reply, { name, status, detail: [...new Set(detail)] }, who);
}

/** Sends the failure page with this name. */
export function sendNamedFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  { name, status, detail = [] }: { name: FailureName; status: number; detail?: readonly string[] },
  who: Reader,
): Promise<FastifyReply> {
  const { heading, body } = consoleTextsIn(who.language).failure[name];
  const view = 'console/views/failure';
  // What another site has sent, nobody has typed.
  const unsaid = name === 'otherSite' ? { typed: [] } : {};
  return sendShown(
    request,
    reply,
    { view, title: heading, status, isError: true, ...unsaid, model: { heading, paragraphs: body, detail } },
    who,
  );
}
