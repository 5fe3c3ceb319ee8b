import type { FastifyReply, FastifyRequest } from 'fastify';
import { Problem } from './problems.ts';

/** What a body can be, somewhere. */
const MEDIA_TYPES = ['application/json', 'application/x-ndjson', 'text/csv', 'application/x-www-form-urlencoded'];

/** The problem of a body whose content type its operation does not take: what was sent, and what is taken there. */
export function mediaTypeRefused({ headers, server }: FastifyRequest): Problem {
  const { 'content-type': sent } = headers;
  const taken = MEDIA_TYPES.filter((type) => server.hasContentTypeParser(type)).join(' or ');
  const found = sent === undefined ? 'a body without a Content-Type' : `the Content-Type ${sent}`;
  return new Problem('unsupported-media-type', `Found ${found}; expected ${taken}, in UTF-8.`);
}

/** A hook that refuses a compressed body. A body is limited by what was sent, and would be read as what it is not. */
export async function refuseEncodedBody({ headers, is404 }: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { 'content-encoding': encoding = 'identity' } = headers;
  if (is404 || encoding.toLowerCase() === 'identity') return;
  // RFC 9110, 12.5.3: it says that the coding was the reason.
  reply.header('accept-encoding', 'identity');
  const detail = `Found a body with the Content-Encoding ${encoding}; expected one that is not compressed.`;
  throw new Problem('unsupported-media-type', detail);
}
