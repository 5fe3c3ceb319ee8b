import { Tokenizer, type TokenizerCallbacks } from 'htmlparser2';
import { textWriter } from './text-writer.ts';

/** The text of a piece of HTML. `isCut`: the HTML goes on where the text ends. */
export interface HtmlText {
  readonly text: string;
  readonly isCut: boolean;
}

/** How much of a mail's HTML is read. Real mails stay far below: the pictures inside them are characters, too. */
const BOUNDS = { characters: 20_000_000, tags: 500_000, text: 1_000_000 };
const MAX_ADDRESS = 2_000;

const LINES = new Set(
  'address article aside caption center dd div dl dt fieldset figure footer form header li main nav option section tr'.split(
    ' ',
  ),
);
/** These have an empty line before and behind them. */
const PARAGRAPHS = new Set('blockquote h1 h2 h3 h4 h5 h6 hr ol p pre table ul'.split(' '));
const HIDDEN = new Set(['script', 'style', 'title']);

/**
 * Returns the text of a mail's HTML as a person sees it: blocks on lines of their own, the cells of a row beside each other,
 * items behind "- ", quotations behind "> ", and the address of a link behind the link.
 *
 * The work is bounded by how much is read: characters, tags, and text. Each tag costs the same whatever stands around it,
 * because no tree is built and no open elements are remembered.
 */
export function textOfHtml(html: string, bounds = BOUNDS): HtmlText {
  const writer = textWriter();
  let tags = 0;
  let isCut = html.length > bounds.characters;
  let hiddenIn: string | null = null;
  let isPreformatted = false;
  let quotes = 0;
  let element = '';
  let attribute = '';
  let address = '';
  const textOf = (start: number, end: number) => html.slice(start, end);

  const startLine = (name: string) => {
    if (name === 'br') writer.breakLine();
    else if (PARAGRAPHS.has(name)) writer.beginLine(2);
    else if (LINES.has(name)) writer.beginLine(1);
  };
  const write = (text: string) => {
    if (hiddenIn !== null) return;
    const room = bounds.text - writer.length();
    const fitting = text.slice(0, room);
    if (isPreformatted) writer.writeLines(fitting);
    else writer.write(fitting);
    if (text.length > room) stop();
  };
  const count = () => {
    tags += 1;
    if (tags > bounds.tags) stop();
  };
  const stop = () => {
    isCut = true;
    tokenizer.pause();
  };
  const addToAddress = (part: string) => {
    if (element === 'a' && attribute === 'href' && address.length < MAX_ADDRESS) address += part;
  };
  const ignore = () => undefined;

  const callbacks: TokenizerCallbacks = {
    onopentagname(start, end) {
      element = textOf(start, end).toLowerCase();
      if (element === 'a') address = '';
      if (HIDDEN.has(element)) hiddenIn ??= element;
      if (hiddenIn !== null) return;
      startLine(element);
      if (element === 'blockquote') writer.quote((quotes += 1));
      if (element === 'pre') isPreformatted = true;
      if (element === 'li') writer.write('- ');
      if (element === 'td' || element === 'th') writer.write(' ');
      if (element === 'a') writer.beginLink();
    },
    onclosetag(start, end) {
      const name = textOf(start, end).toLowerCase();
      if (name === hiddenIn) hiddenIn = null;
      else if (hiddenIn === null) {
        if (name === 'a') writer.endLink(address);
        startLine(name);
        if (name === 'blockquote') writer.quote((quotes = Math.max(0, quotes - 1)));
        if (name === 'pre') isPreformatted = false;
      }
      count();
    },
    onopentagend: count,
    onselfclosingtag: count,
    ontext: (start, end) => write(textOf(start, end)),
    ontextentity: (codePoint) => write(String.fromCodePoint(codePoint)),
    oncdata: (start, end) => write(textOf(start, end)),
    onattribname(start, end) {
      attribute = textOf(start, end).toLowerCase();
    },
    onattribdata: (start, end) => addToAddress(textOf(start, Math.min(end, start + MAX_ADDRESS))),
    onattribentity: (codePoint) => addToAddress(String.fromCodePoint(codePoint)),
    onattribend: ignore,
    oncomment: ignore,
    ondeclaration: ignore,
    onprocessinginstruction: ignore,
    onend: ignore,
  };
  const tokenizer = new Tokenizer({ decodeEntities: true }, callbacks);
  tokenizer.write(html.slice(0, bounds.characters));
  if (tokenizer.running) tokenizer.end();
  // A style sheet without an end hides the rest from a mail program, too.
  return { text: writer.text(), isCut: isCut || hiddenIn !== null };
}
