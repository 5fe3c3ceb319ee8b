import type { RefusalDetails } from '../domain/refused.ts';
import { EXAMPLE_ID } from './documentation.ts';
import { problemBody, PROBLEMS, type ProblemCode } from './problems.ts';

const EXAMPLE_DETAILS: Partial<Record<ProblemCode, RefusalDetails>> = {
  'invalid-request': {
    errors: [{ path: 'subProcessor.country', message: 'Expected an ISO 3166-1 alpha-2 code in capitals, like DK' }],
  },
  'precondition-failed': { etag: '"2jmj7l5rSw0yVb_vlWAYkK_YBwkXh3Wk7WmBxwXQf8s"' },
  'planned-date-too-early': { earliest: '2026-12-04' },
  'reasons-required': { deadline: '2026-12-03T23:00:00.000Z' },
  'window-closed': { deadline: '2026-12-03T23:00:00.000Z' },
  'agreement-ended': { deadline: null },
  'no-objection-window': { deadline: null },
  'activation-blocked': {
    blockers: [
      { code: 'controllers-not-notified', count: 1, controllers: ['kunde-1001'] },
      { code: 'contacts-untold', count: 1, controllers: ['kunde-1002'] },
      { code: 'objection-windows-open', count: 2, lastDeadline: '2026-12-03T23:00:00.000Z' },
      { code: 'objections-pending', count: 1, objections: [EXAMPLE_ID] },
      { code: 'answers-unread', count: 1, answers: [EXAMPLE_ID] },
      { code: 'planned-date-not-reached', plannedActivationOn: '2026-12-15' },
    ],
  },
};

interface DocumentedOperation {
  'x-problem-codes'?: ProblemCode[];
  responses?: Record<string, { content?: Record<string, { examples?: unknown }> }>;
}

/** Adds an example of each problem to the schema that all problems share. */
export function withProblemExamples<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, DocumentedOperation>> };
  for (const [url, operations] of Object.entries(paths)) {
    for (const operation of Object.values(operations)) {
      for (const [status, response] of Object.entries(operation.responses ?? {})) {
        const content = response.content?.['application/problem+json'];
        if (!content) continue;
        const codes = (operation['x-problem-codes'] ?? []).filter((code) => String(PROBLEMS[code].status) === status);
        const instance = url.replaceAll(/\{\w+\}/g, EXAMPLE_ID);
        content.examples = Object.fromEntries(
          codes.map((code) => [
            code,
            {
              value: {
                ...problemBody(code, PROBLEMS[code].explanation, instance, EXAMPLE_DETAILS[code]),
                requestId: EXAMPLE_ID,
              },
            },
          ]),
        );
      }
    }
  }
  return document;
}
