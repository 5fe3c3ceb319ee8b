import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyReply, FastifyRequest } from 'fastify';

const YEAR_SECONDS = 31_536_000;

/** A file of ours that pages load. Its address changes with its content, so browsers may cache it for a year. */
function assetAt(address: string, file: string, type: string) {
  const content = readFileSync(new URL(`assets/${file}`, import.meta.url), 'utf8');
  const version = createHash('sha256').update(content).digest('hex').slice(0, 12);
  const send = async (_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> =>
    reply
      .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
      .header('x-content-type-options', 'nosniff')
      .type(type)
      .send(content);
  return { url: `${address}?v=${version}`, send };
}

/** The one stylesheet of all pages. */
export const STYLESHEET = assetAt('/assets/varsel.css', 'varsel.css', 'text/css; charset=utf-8');

/** The script of the console: it refreshes what is live, and sends no form twice. Every page works without it. */
export const SCRIPT = assetAt('/assets/console.js', 'console.js', 'text/javascript; charset=utf-8');

/** Saves a draft while it is typed. */
export const DRAFT_SCRIPT = assetAt('/assets/drafts.js', 'drafts.js', 'text/javascript; charset=utf-8');

/** Keeps what is typed into a customer's form in its browser (D67). */
export const KEEPING_SCRIPT = assetAt('/assets/kept-here.js', 'kept-here.js', 'text/javascript; charset=utf-8');

/** What a browser does with a passkey. */
export const PASSKEY_SCRIPT = assetAt('/assets/passkeys.js', 'passkeys.js', 'text/javascript; charset=utf-8');

/** What the console looks like besides, light and dark. */
export const CONSOLE_STYLESHEET = assetAt('/assets/console.css', 'console.css', 'text/css; charset=utf-8');
