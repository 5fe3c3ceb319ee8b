import type { FastifyReply } from 'fastify';
import { KEEPING_SCRIPT } from '../web/assets.ts';
import { sendPage, type PageFrame } from '../web/page.ts';
import { textsIn, type Texts } from './texts.ts';

/** How long what is typed into a form stays in the browser that it was typed in (D67), in days. */
const KEPT_DAYS = 7;

/** What the part `kept-here` says of a form. */
export interface Keeping {
  readonly days: number;
  readonly words: Texts['keeping'];
}

/** Sends a page behind a link, whose forms its browser keeps until they are sent (D67). */
export function sendLinkPage(
  reply: FastifyReply,
  status: number,
  view: Parameters<typeof sendPage>[2],
  page: PageFrame,
): Promise<FastifyReply> {
  const keeping: Keeping = { days: KEPT_DAYS, words: textsIn(page.language).keeping };
  return sendPage(reply, status, view, { ...page, script: KEEPING_SCRIPT.url, keeping } as PageFrame);
}
