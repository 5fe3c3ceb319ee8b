import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { FastifyReply } from 'fastify';
import type { Language } from '../domain/text.ts';
import { STYLESHEET } from './assets.ts';
import { frameTextsIn } from './texts.ts';

/** What each part of a page has, whatever else it is given. */
const SHARED = ['language', 'words', 'frame', 'csrf', 'once'] as const;
/**
 * Stands at the beginning of each template. Eta's own `include` gives a part all that its page was filled with beside what it is given,
 * so that a field without a hint would show one of the page's. Without anything given, a part has all of its page.
 */
const INCLUDE = `<% include = (part, given) => this.render(part, given === undefined ? it : { ${SHARED.map((name) => `${name}: it.${name}`).join(', ')}, ...given }, options); %>`;

const eta = new Eta({
  views: fileURLToPath(new URL('..', import.meta.url)),
  cache: true,
  autoEscape: true,
  plugins: [{ processTemplate: (template) => INCLUDE + template }],
});

/** The Content-Security-Policy of pages: our stylesheet and our forms only; no script, and no frame on another site. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The same, and our own scripts, which may ask no server for anything. */
export const SCRIPTED_PAGE_POLICY = `${PAGE_POLICY}; script-src 'self'`;

/** The fields that every page has. */
export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  /** Whether the page reports an error; its title then begins with "Error". */
  readonly isError: boolean;
  /** The names in the header: who the page is from, and about which product. */
  readonly sender: { readonly processor: string; readonly product: string } | null;
  /** The address of the header's link to the other language; `null` where following it would lose typed text. */
  readonly otherLanguagePath: string | null;
  /** What the page is that looks like another, above everything: a sample. */
  readonly banner?: string;
  /** The address of the script that the page loads, where its policy lets it. */
  readonly script?: string;
  /** Whether search engines may list the page. Default: no. */
  readonly isListed?: boolean;
  /** The same content in other forms and languages, and its canonical address. */
  readonly links?: readonly {
    readonly rel: 'alternate' | 'canonical';
    readonly href: string;
    readonly type?: string;
    readonly hreflang?: Language;
    readonly title?: string;
  }[];
}

/** A template by its path below `src`, without its ending. Each room keeps its own in its folder `views`. */
type View = `${string}/views/${string}`;

/** A page as HTML. The templates escape everything that they print, and get the words of the frame as `frame`. */
export function renderPage(view: View, page: PageFrame): string {
  return eta.render(view, { ...page, frame: frameTextsIn(page.language), stylesheet: STYLESHEET.url });
}

/** Whether HTML of a template prints this text somewhere, whatever ends its lines. */
export const prints = (html: string, text: string): boolean =>
  html.replaceAll('\r\n', '\n').includes(eta.config.escapeFunction(text.replaceAll('\r\n', '\n')));

/** A part of a page as HTML, for a page that has the rest already. */
export function renderPart(view: View, model: object): string {
  return eta.render(view, model);
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
