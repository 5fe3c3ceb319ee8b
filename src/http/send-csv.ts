import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';
import { acceptedLanguage } from '../web/accepted-language.ts';
import { CSV_TYPE, csvLines, type Cell } from '../web/csv.ts';
import { Problem } from './problems.ts';

/** A CSV has no more rows than this. A longer one breaks off, so that nobody takes a part for the whole. */
export const MAX_ROWS = 1_000_000;

/** Whether the client would rather have CSV than JSON. */
export function prefersCsv({ headers: { accept } }: FastifyRequest): boolean {
  return new Negotiator({ headers: { accept } }).mediaType(['application/json', 'text/csv']) === 'text/csv';
}

/**
 * Sends a whole list as CSV, part by part as they are read. What goes wrong with the first part is the response's problem; later,
 * the connection is cut off. Refuses `limit` and `cursor`.
 */
export async function sendCsv(
  request: FastifyRequest,
  reply: FastifyReply,
  {
    columns,
    parts,
  }: { readonly columns: readonly string[]; readonly parts: AsyncIterable<readonly (readonly Cell[])[]> },
): Promise<FastifyReply> {
  refusePaging(request);
  const iterator = parts[Symbol.asyncIterator]();
  const first = await iterator.next();
  const language = acceptedLanguage(request.headers['accept-language']);
  const name = request.url.split('?')[0]?.split('/').at(-1) ?? 'list';
  reply
    .type(CSV_TYPE)
    .header('vary', 'Accept, Accept-Language')
    .header('content-disposition', `attachment; filename="${name}.csv"`);
  const lines = async function* () {
    yield csvLines([columns], { language, isFirst: true });
    let rows = 0;
    for (let part = first; part.done !== true; part = await iterator.next()) {
      rows += part.value.length;
      if (rows > MAX_ROWS) throw new Error(`a list of more than ${MAX_ROWS} rows was asked for as CSV`);
      yield csvLines(part.value, { language, isFirst: false });
    }
  };
  // Fastify would read the whole list to answer a HEAD.
  return reply.send(request.method === 'HEAD' ? '' : Readable.from(lines(), { objectMode: false }));
}

function refusePaging({ query }: FastifyRequest): void {
  const given = Object.entries(query as object).flatMap(([name, value]) =>
    ['limit', 'cursor'].includes(name) && value !== undefined ? [name] : [],
  );
  if (given.length === 0) return;
  throw new Problem('invalid-request', 'A CSV has every row of the list, and no pages.', {
    errors: given.map((path) => ({ path, message: 'Expected none: a CSV has every row' })),
  });
}
