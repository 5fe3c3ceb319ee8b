import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { compile } from 'html-to-text';
import { toldAs, TOLD_AS, type MessageContent } from '../domain/message-content.ts';
import { MESSAGE_KINDS } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';

// HTML with Eta tags, which `npm run emails` compiles from the MJML in emails/.
const eta = new Eta({
  views: fileURLToPath(new URL('../../emails/compiled', import.meta.url)),
  cache: true,
  autoEscape: true,
  escapeFunction: (value: unknown) => escapeHtml(String(value)),
});

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes a text for an HTML element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * Escapes a text for an HTML element and turns line breaks into `<br>`: some mail programs do not support `white-space`.
 * Quotes stay as they are: a long text full of them would be six times as long.
 */
function linesOf(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character).replace(/\r\n|[\r\n]/g, '<br>');
}

/** The templates: of each kind one, but of a notice one for each form in which a change is told. */
export const TEMPLATES = [...new Set([...MESSAGE_KINDS, ...TOLD_AS])] as const;
export type Template = (typeof TEMPLATES)[number];

/**
 * The template of a message. Who is told late of a change that needs approval, or nothing, has missed nothing, and is told as
 * everybody was.
 */
export function templateOf({ kind, change }: Pick<MessageContent, 'kind' | 'change'>): Template {
  if (kind !== 'notice' && kind !== 'late-notice') return kind;
  const form = toldAs(change);
  return form === 'notice' ? kind : form;
}

/**
 * Renders this template in this language. In a template, `it` is the view, with the function `lines` (a text as HTML
 * with its line breaks). Every file is read and compiled once.
 */
export function renderHtml(template: Template, language: Language, view: object): string {
  return eta.render(`./${template}.${language}.eta`, { ...view, lines: linesOf });
}

/** A line of 78 less the mark before a quoted one. */
const QUOTED_LINE = 76;

/**
 * Makes the text part of a mail from its HTML: a table row becomes "label: value", a comparison one line for each side, and a
 * quoted text keeps its lines behind ">". No word is broken, so an address stays whole however long it is.
 */
export const htmlToPlainText: (html: string) => string = tidied(
  compile({
    wordwrap: 76,
    formatters: {
      // Indents all lines but the first, so that no line of a value reads like another label.
      fact(row, walk, builder) {
        builder.openBlock({ leadingLineBreaks: 1, reservedLineLength: 2 });
        walk(row.children, builder);
        builder.closeBlock({ trailingLineBreaks: 1, blockTransform: (text) => text.replaceAll('\n', '\n  ') });
      },
      // "  Today: …", below the name of the compared field.
      compared(cell, walk, builder) {
        builder.openBlock({ leadingLineBreaks: 1, reservedLineLength: 4 });
        walk(cell.children, builder);
        builder.closeBlock({
          trailingLineBreaks: 1,
          blockTransform: (text) => `  ${text.replaceAll('\n', '\n    ')}`,
        });
      },
      quoted(element, walk, builder) {
        builder.openBlock({ leadingLineBreaks: 2, isPre: true });
        walk(element.children, builder);
        builder.closeBlock({ trailingLineBreaks: 2, blockTransform: (text) => wrapped(text).replace(/^/gm, '> ') });
      },
    },
    selectors: [
      { selector: 'h1', options: { uppercase: false } },
      // The text of every link is its address.
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'h2', options: { leadingLineBreaks: 3 } },
      // A label stands on the line above its value.
      { selector: 'p.label', format: 'paragraph', options: { leadingLineBreaks: 2, trailingLineBreaks: 1 } },
      { selector: 'p.named', format: 'paragraph', options: { leadingLineBreaks: 1, trailingLineBreaks: 2 } },
      { selector: '.html-only', format: 'skip' },
      { selector: 'div.verbatim', format: 'quoted' },
      { selector: 'hr', options: { length: 40 } },
      { selector: 'table', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 2 } },
      { selector: 'tr.fact', format: 'fact' },
      { selector: 'th.name', format: 'inlineSurround', options: { suffix: ': ' } },
      { selector: 'tr.compared-name', format: 'block', options: { leadingLineBreaks: 2, trailingLineBreaks: 1 } },
      { selector: 'tr.compared', format: 'block', options: { leadingLineBreaks: 1, trailingLineBreaks: 1 } },
      { selector: 'td.current', format: 'compared' },
      { selector: 'td.planned', format: 'compared' },
      { selector: 'td.same', format: 'compared' },
      { selector: 'span.mark', format: 'inlineSurround', options: { prefix: '(', suffix: ')' } },
      { selector: 'span.unchanged', format: 'inlineSurround', options: { prefix: '(', suffix: ')' } },
      { selector: 'ul', options: { itemPrefix: '- ' } },
      {
        selector: 'ul.cell',
        format: 'unorderedList',
        options: { itemPrefix: '- ', leadingLineBreaks: 1, trailingLineBreaks: 1 },
      },
    ],
  }),
);

/** The text with its own lines, each broken at spaces so that it fits behind a mark. No word is broken. */
function wrapped(text: string): string {
  return text.split('\n').flatMap(brokenLine).join('\n');
}

function brokenLine(line: string): string[] {
  const broken: string[] = [];
  let rest = line;
  while (rest.length > QUOTED_LINE) {
    const last = rest.lastIndexOf(' ', QUOTED_LINE);
    const end = last > rest.search(/\S/) ? last : rest.indexOf(' ', QUOTED_LINE);
    if (end < 0) break;
    broken.push(rest.slice(0, end).trimEnd());
    rest = rest.slice(end).trimStart();
  }
  return [...broken, rest];
}

function tidied(convert: (html: string) => string): (html: string) => string {
  return (html) =>
    `${convert(html)
      .replace(/[ \t]+$/gm, '')
      .trim()}\n`;
}
