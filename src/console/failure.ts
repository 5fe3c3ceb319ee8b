import type { FastifyReply, FastifyRequest } from 'fastify';
import { toProblem } from '../http/errors.ts';
import { PROBLEMS } from '../http/problems.ts';
import { sendShown, type Reader } from './frame.ts';
import { consoleTextsIn, type FailureName } from './frame-texts.ts';
import { problemInWords } from './problem-words.ts';

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
  if (problem === null || name !== 'refused') return sendNamedFailure(request, reply, { name, status }, who);
  const { code, detail, details } = problem;
  const inWords = problemInWords(code, who.language);
  const answer = new Set([detail, ...(details.errors?.map(({ message }) => message) ?? [])]);
  return sendNamedFailure(request, reply, { name, status, inWords: [inWords], answer: [...answer] }, who);
}

/** Sends the failure page with this name. */
export function sendNamedFailure(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    name,
    status,
    inWords = [],
    answer = [],
  }: { name: FailureName; status: number; inWords?: readonly string[]; answer?: readonly string[] },
  who: Reader,
): Promise<FastifyReply> {
  const { heading, body } = consoleTextsIn(who.language).failure[name];
  const view = 'console/views/failure';
  // What another site has sent, nobody has typed.
  const unsaid = name === 'otherSite' ? { typed: [] } : {};
  return sendShown(
    request,
    reply,
    {
      view,
      title: heading,
      status,
      isError: true,
      ...unsaid,
      model: { heading, paragraphs: [...body, ...inWords], answer },
    },
    who,
  );
}
