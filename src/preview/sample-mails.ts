import type { ActivatedChange, ChangeContent, WithdrawnChange } from '../domain/change.ts';
import { startOfDay } from '../domain/instant.ts';
import { contentOf, type MessageContent } from '../domain/message-content.ts';
import { answerByOf, openingAt } from '../domain/objection-window.ts';
import { SAMPLE_CONTROLLERS, sampleChange } from '../domain/sample.ts';
import { LANGUAGES, type Language } from '../domain/text.ts';
import type { MessageFacts } from '../mail/message-view.ts';

/** What samples are made of: what would be announced, and where their link leads. */
export interface SampleFacts {
  readonly content: ChangeContent;
  readonly link: (language: Language) => string;
  readonly now: Temporal.Instant;
}

/** The kinds of mail that go out by themselves when all goes well. Others answer what somebody does or writes. */
const KINDS = ['notice', 'reminder', 'approval-reminder', 'change-activated'] as const;
export type SampleKind = (typeof KINDS)[number];

/** The languages that samples are shown in: those that a contact reads, both where nobody does. */
export function languagesShown(readers: Readonly<Record<Language, number>>): readonly Language[] {
  const read = LANGUAGES.filter((language) => readers[language] > 0);
  return read.length === 0 ? LANGUAGES : read;
}

/** The facts of each mail that a sample controller would get if the change were announced, and its mail accepted, at `now`. */
export function sampleMails(sample: SampleFacts, language: Language): MessageFacts[] {
  const { objection, approval } = sample.content.regime;
  const isSent = (kind: SampleKind) => (kind !== 'reminder' || objection) && (kind !== 'approval-reminder' || approval);
  return KINDS.filter(isSent).map((kind) => sampleMail(sample, kind, language));
}

/** The facts of one of them. The change is in force on its planned day. */
export function sampleMail(sample: SampleFacts, kind: SampleKind, language: Language): MessageFacts {
  const change = sampleChange(sample.content, sample.now);
  const { terms, plannedActivationOn } = change;
  const { deadline } = openingAt(sample.now, change);
  const rest = { deadline, answerBy: answerByOf(sample.now, change), toldDeadline: null, objection: null } as const;
  if (kind !== 'change-activated') return framed(sample, language, contentOf({ kind, change, ...rest }));
  const activatedAt = startOfDay(plannedActivationOn, terms.timeZone);
  const activated = { ...change, status: 'activated', activatedAt, activatedBy: change.announcedBy } as const;
  return framed(sample, language, { kind, change: activated, ...rest });
}

/** The facts of the mail that tells a sample controller of the end of a change. */
export function sampleOfEnd(
  change: ActivatedChange | WithdrawnChange,
  { link, now, language }: { readonly link: string; readonly now: Temporal.Instant; readonly language: Language },
): MessageFacts {
  const { deadline } = openingAt(change.toldSince ?? now, change);
  const rest = { deadline, answerBy: null, toldDeadline: null, objection: null } as const;
  const kind = change.status === 'withdrawn' ? 'change-withdrawn' : 'change-activated';
  return framed({ link: () => link, now }, language, contentOf({ kind, change, ...rest }));
}

function framed(
  { link, now }: Pick<SampleFacts, 'link' | 'now'>,
  language: Language,
  content: MessageContent,
): MessageFacts {
  const { id, name, contact, reference } = SAMPLE_CONTROLLERS[language];
  return {
    ...content,
    language,
    controllerId: id,
    controllerName: name,
    contactName: contact.name,
    link: link(language),
    reference,
    code: null,
    composedAt: now,
  };
}
