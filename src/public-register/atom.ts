import { domainToASCII } from 'node:url';
import { dayIn, instantText } from '../domain/instant.ts';
import { inLanguage, type Language } from '../domain/text.ts';
import { dayInWords, placeInWords } from '../domain/wording.ts';
import { differencesOf, regimeInWords, titleOf, type ToldStage } from './effect-words.ts';
import type { PublicChange, PublicEffect, RegisterRecord } from './record.ts';
import { registerTextsIn } from './texts.ts';

/** The most events in the feed, which is for news. The page has the whole history. */
const MAX_EVENTS = 100;

/** An event of a change. Each is one entry of the feed, published once and never changed. */
interface ChangeEvent {
  readonly what: ToldStage;
  readonly at: Temporal.Instant;
  readonly change: PublicChange;
}

/** What every entry of a feed is written with. */
interface Feed {
  readonly page: string;
  readonly processor: string;
  readonly language: Language;
}

/**
 * The announced, activated and withdrawn changes as an Atom feed (RFC 4287), newest first. Entry ids are tag URIs (RFC 4151)
 * of the processor's domain and the day of the announcement, so that moving to another address does not make old entries
 * new. Links are relative to the feed: the request's host name cannot be trusted, least of all in a response that caches
 * share.
 */
export function registerAsFeed({ product, domain, planned, ended }: RegisterRecord, language: Language): string {
  const t = registerTextsIn(language);
  const events = [...planned, ...ended].flatMap(eventsOf).sort((a, b) => Temporal.Instant.compare(b.at, a.at));
  // RFC 4287 requires an instant, also in a feed without entries.
  const updated = events[0]?.at ?? product.registerLoadedAt ?? Temporal.Instant.fromEpochMilliseconds(0);
  const page = `/register/${product.id}?lang=${language}`;
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${language}">
<id>${xml(tag(domain, '2026', `register/${product.id}/${language}`))}</id>
<title>${xml(t.feed.title(product.name))}</title>
<subtitle>${xml(t.feed.subtitle(product.processor.name))}</subtitle>
<updated>${instantText(updated)}</updated>
<author><name>${xml(product.processor.name)}</name></author>
<link rel="self" type="application/atom+xml" hreflang="${language}" href="/register/${product.id}.atom?lang=${language}"/>
<link rel="alternate" type="text/html" hreflang="${language}" href="${page}"/>
${events
  .slice(0, MAX_EVENTS)
  .map((event) => entry(event, { page, processor: product.processor.name, language }))
  .join('')}</feed>
`;
}

function eventsOf(change: PublicChange): ChangeEvent[] {
  const { announcedAt, forSomeSince, activatedAt, withdrawnAt } = change;
  return [
    ...(activatedAt ? [{ what: 'activated' as const, at: activatedAt, change }] : []),
    ...(withdrawnAt ? [{ what: 'withdrawn' as const, at: withdrawnAt, change }] : []),
    ...(forSomeSince ? [{ what: 'begun' as const, at: forSomeSince, change }] : []),
    { what: 'announced' as const, at: announcedAt, change },
  ];
}

function entry({ what, at, change }: ChangeEvent, { page, processor, language }: Feed): string {
  const announcedOn = dayIn(change.timeZone, change.announcedAt).toString();
  const facts = factsOf({ what, at, change }, { page, processor, language }).map(
    ([name, value]) => `<dt>${xml(name)}</dt><dd>${xml(value)}</dd>`,
  );
  return `<entry>
<id>${xml(tag(change.domain, announcedOn, `change/${change.id}/${what}/${language}`))}</id>
<title>${xml(titleOf(change, what, language))}</title>
<published>${instantText(at)}</published>
<updated>${instantText(at)}</updated>
<link rel="alternate" type="text/html" hreflang="${language}" href="${xml(page)}#change-${change.id}"/>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><dl>${facts.join('')}</dl></div></content>
</entry>
`;
}

function factsOf({ what, change }: ChangeEvent, { processor, language }: Feed): [string, string][] {
  const { change: t } = registerTextsIn(language);
  return [
    ...(what === 'announced'
      ? ([
          [t.planned, dayInWords(change.plannedActivationOn, language)],
          [t.regime, regimeInWords(change, language)],
        ] as [string, string][])
      : []),
    ...(change.scope === 'each' ? [[t.forWhom, t.each] as [string, string]] : []),
    [t.reason, inLanguage(change.reason, language)],
    ...change.effects.flatMap((effect) => effectInFacts(effect, processor, language)),
  ];
}

/** A company that is new in its facts, one that changes in what changes, and one that leaves in its name. */
function effectInFacts(effect: PublicEffect, processor: string, language: Language): [string, string][] {
  const { columns, change: t } = registerTextsIn(language);
  const { act, name, to } = effect;
  if (act === 'leaves') return [[name, t.leaves(name)]];
  if (act === 'amends') {
    const changes = differencesOf(effect, processor, language).map(
      ({ label, from, to: after }) => `${label}: ${from.text} → ${after.text}`,
    );
    return [[t.of(name), changes.join('; ') || t.notPublic]];
  }
  if (to === null) return [];
  return [
    ...(to.parentName === null ? [] : [[t.engagedBy, to.parentName] as [string, string]]),
    [columns.address, to.address],
    [columns.processing, inLanguage(to.processing, language)],
    [columns.personalData, inLanguage(to.personalData, language)],
    [columns.places, to.locations.map((location) => placeInWords(location, language)).join('; ')],
  ];
}

function tag(domain: string, day: string, specific: string): string {
  return `tag:${domainToASCII(domain)},${day}:varsel/${specific}`;
}

/** Text escaped for XML, without the characters that XML 1.0 cannot represent. */
function xml(text: string): string {
  return (
    text
      .toWellFormed()
      // oxlint-disable-next-line no-control-regex
      .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}
