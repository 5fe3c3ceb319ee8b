import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { compile } from 'html-to-text';
import type { MessageKind } from '../domain/message.ts';
import type { Language } from '../domain/text.ts';

// What `npm run emails` makes of the MJML in emails/: HTML with Eta tags.
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

/** The text as HTML shows it, in an element and in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/**
 * HTML for an element, in which line breaks stay line breaks also in mail programs that know no `white-space`. Quotes are
 * left as they are: a long text full of them would be six times as long.
 */
function linesOf(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character).replace(/\r\n|[\r\n]/g, '<br>');
}

/**
 * Renders the template of this kind and language. Templates see `view` as `it`, and beside it `lines` (a text with its line
 * breaks, as HTML). Every file is read and compiled once.
 */
export function renderHtml(kind: MessageKind, language: Language, view: object): string {
  return eta.render(`./${kind}.${language}.eta`, { ...view, lines: linesOf });
}

/**
 * The text part of a mail, from its HTML: a table row becomes "label: value", a comparison one line for each side, a quoted
 * text keeps its lines behind ">", and no word is ever broken, so an address stays whole whatever its length.
 */
export const htmlToPlainText: (html: string) => string = tidied(
  compile({
    wordwrap: 76,
    formatters: {
      // Indented behind its first line, so that no line of a value reads like another label.
      fact(row, walk, builder) {
        builder.openBlock({ leadingLineBreaks: 1, reservedLineLength: 2 });
        walk(row.children, builder);
        builder.closeBlock({ trailingLineBreaks: 1, blockTransform: (text) => text.replaceAll('\n', '\n  ') });
      },
      // "  Today: …", below the name of what is compared.
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
        builder.closeBlock({ trailingLineBreaks: 2, blockTransform: (text) => text.replace(/^/gm, '> ') });
      },
    },
    selectors: [
      { selector: 'h1', options: { uppercase: false } },
      // Every address stands in the text that is linked.
      { selector: 'a', options: { ignoreHref: true } },
      { selector: 'h2', options: { leadingLineBreaks: 3 } },
      // A label stands on the line above what it names.
      { selector: 'p.label', format: 'paragraph', options: { leadingLineBreaks: 2, trailingLineBreaks: 1 } },
      { selector: 'p.named', format: 'paragraph', options: { leadingLineBreaks: 1, trailingLineBreaks: 2 } },
      { selector: '.html-only', format: 'skip' },
      // The line that mail programs show beside the subject.
      { selector: 'div[style^="display:none"]', format: 'skip' },
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

function tidied(convert: (html: string) => string): (html: string) => string {
  return (html) =>
    `${convert(html)
      .replace(/[ \t]+$/gm, '')
      .trim()}\n`;
}
