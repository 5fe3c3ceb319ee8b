import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import type { FastifyReply } from 'fastify';
import type { Language } from '../domain/text.ts';
import { STYLESHEET_URL } from './stylesheet.ts';
import { frameTextsIn } from './texts.ts';

const eta = new Eta({ views: fileURLToPath(new URL('..', import.meta.url)), cache: true, autoEscape: true });

/** What a page may load and do: our stylesheet and our forms. No script runs, and no other site shows the page in a frame. */
export const PAGE_POLICY =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** What every page has. */
export interface PageFrame {
  readonly language: Language;
  readonly title: string;
  /** Whether the page reports an error; its title then begins with that. */
  readonly isError: boolean;
  /** The name in the header: who the page is from, and about which product. */
  readonly sender: { readonly processor: string; readonly product: string } | null;
  /** Where the header's link to the other language leads; `null` where following it would lose what was typed. */
  readonly otherLanguagePath: string | null;
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

/** A page as HTML. The templates escape everything that they print. They find the words of the frame under `frame`. */
export function renderPage(view: View, page: PageFrame): string {
  return eta.render(view, { ...page, frame: frameTextsIn(page.language), stylesheet: STYLESHEET_URL });
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
