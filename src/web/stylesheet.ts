import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';

const STYLESHEET = readFileSync(new URL('assets/varsel.css', import.meta.url), 'utf8');
const VERSION = createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12);
const YEAR_SECONDS = 31_536_000;

/** The address that pages load the stylesheet from. It changes with the content, so browsers may cache it for a year. */
export const STYLESHEET_URL = `/assets/varsel.css?v=${VERSION}`;

/** `GET /assets/varsel.css`: the one stylesheet of all pages. */
export async function sendStylesheet(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
    .header('x-content-type-options', 'nosniff')
    .type('text/css; charset=utf-8')
    .send(STYLESHEET);
}
