import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { FastifyReply } from 'fastify';
import type { Language } from '../domain/text.ts';
import { textsIn } from '../customer/texts.ts';

const eta = new Eta({ views: fileURLToPath(new URL('..', import.meta.url)), cache: true, autoEscape: true });

const STYLESHEET = readFileSync(new URL('assets/varsel.css', import.meta.url), 'utf8');
const STYLESHEET_VERSION = createHash('sha256').update(STYLESHEET).digest('hex').slice(0, 12);
const STYLESHEET_PATH = '/assets/varsel.css';
const YEAR_SECONDS = 31_536_000;

/** What every page has. */
export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  /** Whether the page tells of an error, which its title then says first. */
  readonly isError: boolean;
  /** The name over the page: who sends it, and about what. */
  readonly sender: { readonly processor: string; readonly product: string } | null;
  /** The same page in the other language; `null` where going there would lose what was typed. */
  readonly otherLanguagePath: string | null;
  /** Whether search engines may list it; not unless it says so. */
  readonly isListed?: boolean;
  /** The same in other forms and languages, and where it is at home. */
  readonly links?: readonly {
    readonly rel: 'alternate' | 'canonical';
    readonly href: string;
    readonly type?: string;
    readonly hreflang?: Language;
    readonly title?: string;
  }[];
}

/** A template by its path below `src`, without its ending: each room keeps its own in its folder `views`. */
type View = `${string}/views/${string}`;

/** A page as HTML. Everything in it is text and stays text: the templates escape what they print. */
export function renderPage(view: View, page: PageFrame): string {
  return eta.render(view, {
    ...page,
    t: textsIn(page.language),
    stylesheet: `${STYLESHEET_PATH}?v=${STYLESHEET_VERSION}`,
  });
}

/** Sends a page. */
export async function sendPage(
  reply: FastifyReply,
  status: number,
  view: View,
  page: PageFrame,
): Promise<FastifyReply> {
  return reply.code(status).type('text/html; charset=utf-8').send(renderPage(view, page));
}

/** Sends the one stylesheet of the pages. Its address changes with its content, so it is kept for as long as anyone likes. */
export async function sendStylesheet(reply: FastifyReply): Promise<FastifyReply> {
  return reply
    .header('cache-control', `public, max-age=${YEAR_SECONDS}, immutable`)
    .type('text/css; charset=utf-8')
    .send(STYLESHEET);
}

/** Where the stylesheet is served. */
export { STYLESHEET_PATH };
