import type { InboundTags } from './inbound-tags.ts';
import type { ObjectionLinks } from './objection-links.ts';
import { base64In, spellingsOf, type Respelled } from './spellings.ts';

/** Returns a text without our own tokens. */
export type WithoutSecrets = (text: string) => string;

const LINK = '[link removed]';
const ADDRESS = '[address removed]';
const TOKEN_LENGTH = 43;
const TAG_LENGTH = 42;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

interface Span {
  readonly from: number;
  readonly to: number;
  readonly marker: string;
}

/**
 * Makes the function that cuts what is secret in our mails out of what people and programs write back: the tokens of
 * customers' links, and the tags of return and reply addresses. A token is cut with the link around it, a tag with its
 * address, and a marker in square brackets takes its place. Every usual spelling is known (`spellingsOf`), base64 among them.
 *
 * What is cut is verified by the HMAC inside each token. So no word of a person's is ever cut, however much it looks like a
 * token, and a token that opens nothing stays.
 */
export function withoutSecretsOf(links: ObjectionLinks, tags: InboundTags): WithoutSecrets {
  const tokensIn = (joined: Respelled) =>
    windowsIn(joined, TOKEN_LENGTH, mayBeToken, (token) => links.messageIdOf(token));
  const tagsIn = (joined: Respelled) => windowsIn(joined, TAG_LENGTH, mayBeTag, (tag) => tags.messageIdOf(tag));
  const hasSecret = (text: string) =>
    spellingsOf(text).joined.some((each) => tokensIn(each).length > 0 || tagsIn(each).length > 0);
  return (text) => {
    const { readable, joined } = spellingsOf(text);
    const encoded = base64In(text).filter(({ texts }) => texts.some(hasSecret));
    const linked = [...joined.flatMap(tokensIn), ...encoded].map(({ from, to }) =>
      wholeLink(readable, { from, to, marker: LINK }),
    );
    const addressed = joined
      .flatMap(tagsIn)
      .map(({ from, to }) => wholeAddress(readable, { from, to, marker: ADDRESS }));
    const spans = [...linked, ...addressed];
    return spans.length === 0 ? text : replaced(text, spans);
  };
}

function windowsIn(
  { text, starts, ends }: Respelled,
  length: number,
  mayBe: (text: string, at: number) => boolean,
  messageIdOf: (window: string) => string | null,
): { from: number; to: number }[] {
  const found = [];
  for (let at = 0; at + length <= text.length; at += 1) {
    if (!mayBe(text, at) || messageIdOf(text.slice(at, at + length)) === null) continue;
    found.push({ from: starts[at] ?? 0, to: ends[at + length - 1] ?? 0 });
    at += length - 1;
  }
  return found;
}

/*
 * Ids of messages are UUIDs of version 7, which begin with the time in milliseconds: 6 zero bits until the year 2109. The bits
 * of the version are fixed, too. Looking at them first saves nearly every HMAC.
 */
function mayBeToken(text: string, at: number): boolean {
  return text[at] === 'A' && 'cdef'.includes(text.charAt(at + 8) || ' ');
}

function mayBeTag(text: string, at: number): boolean {
  if (text[at] !== 'a' && text[at] !== 'A') return false;
  const valueAt = (index: number) => BASE32.indexOf(text.charAt(index).toLowerCase() || ' ');
  return valueAt(at + 9) % 4 === 1 && valueAt(at + 10) >= 24;
}

/** Grows over the address that has the token in it, also one of a gateway that rewrites links. */
function wholeLink(readable: Respelled, found: Span): Span {
  const { before, after } = around(readable, found);
  let start = before.length;
  while (start > 0 && !ENDS_LINK.test(before.charAt(start - 1))) start -= 1;
  const scheme = before.slice(start).search(/https?:/i);
  if (scheme < 0) return found;
  const rest = /^(?:(?:[?&#/%!=]|__;)[^\s<>"'()[\]]*)?/.exec(after)?.[0] ?? '';
  return grown(readable, found, before.length - start - scheme, rest.replace(/[.,;:!?]+$/, '').length);
}

/** Grows over the address that has the tag in it, also one that a forwarder has rewritten (SRS). */
function wholeAddress(readable: Respelled, found: Span): Span {
  const { before, after } = around(readable, found);
  const box = /(?:(?:SRS[01]|prvs)=[\w.=+%-]{0,200})?(?:bounce|reply)\+[\s>|]*$/i.exec(before)?.[0] ?? '';
  const domain = /^(?:=[\w.-]+)?[\s>|]*@\w[\w.-]*/.exec(after)?.[0] ?? '';
  return grown(readable, found, box.length, domain.replace(/\.+$/, '').length);
}

const ENDS_LINK = /[\s<>"'()[\]]/;
const SEEN_AROUND = 4_000;

function around({ text, starts }: Respelled, { from, to }: Span): { before: string; after: string } {
  const first = firstAtOrAfter(starts, from);
  const next = firstAtOrAfter(starts, to);
  return { before: text.slice(Math.max(0, first - SEEN_AROUND), first), after: text.slice(next, next + SEEN_AROUND) };
}

/** The same, with so many readable characters more on each side. */
function grown({ starts, ends }: Respelled, { from, to, marker }: Span, before: number, after: number): Span {
  return {
    from: before === 0 ? from : (starts[firstAtOrAfter(starts, from) - before] ?? from),
    to: after === 0 ? to : (ends[firstAtOrAfter(starts, to) + after - 1] ?? to),
    marker,
  };
}

function firstAtOrAfter(starts: readonly number[], place: number): number {
  let low = 0;
  let high = starts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) < place) low = middle + 1;
    else high = middle;
  }
  return low;
}

function replaced(text: string, spans: readonly Span[]): string {
  let result = '';
  let end = 0;
  for (const span of spans.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (span.from >= end) result += text.slice(end, span.from) + span.marker;
    end = Math.max(end, span.to);
  }
  return result + text.slice(end);
}
