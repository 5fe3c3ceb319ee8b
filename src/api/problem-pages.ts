import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem, PROBLEMS, type ProblemCode } from '../http/problems.ts';
import { PAGE_POLICY, sendPage, type PageFrame } from '../web/page.ts';

interface ProblemPage extends PageFrame {
  readonly code: string;
  readonly status: number;
  readonly explanation: readonly Part[];
}

/** A part of an explanation: words, or code that stands between backticks in the catalogue. */
interface Part {
  readonly text: string;
  readonly isCode: boolean;
}

/**
 * `GET /problems/:code`: explains the problem whose `type` is this address. In English, as the API is. An unknown code is the
 * problem `not-found`.
 */
export async function showProblem(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { code } = request.params as { code: string };
  if (!Object.hasOwn(PROBLEMS, code)) throw new Problem('not-found', 'There is no such problem.');
  const { status, title, explanation } = PROBLEMS[code as ProblemCode];
  const page: ProblemPage = {
    language: 'en',
    title,
    isError: false,
    isListed: true,
    sender: { processor: 'Varsel', product: 'API' },
    otherLanguagePath: null,
    code,
    status,
    explanation: partsOf(explanation),
  };
  return sendPage(reply.header('content-security-policy', PAGE_POLICY), 200, 'api/views/problem', page);
}

function partsOf(explanation: string): Part[] {
  return explanation.split('`').map((text, index) => ({ text, isCode: index % 2 === 1 }));
}
