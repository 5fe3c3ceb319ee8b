import type { ChangeContent } from '../domain/change.ts';
import { startOfDay } from '../domain/instant.ts';
import { contentOf, type MessageContent } from '../domain/message-content.ts';
import { answerDeadlineOf, deadlineOf } from '../domain/objection-window.ts';
import { SAMPLE_CONTROLLERS, sampleChange } from '../domain/sample.ts';
import type { Language } from '../domain/text.ts';
import type { MessageFacts } from '../mail/message-view.ts';

/** What samples are made of: what would be announced, and where their link leads. */
export interface SampleFacts {
  readonly content: ChangeContent;
  readonly link: (language: Language) => string;
  readonly now: Temporal.Instant;
}

/** The kinds of mail that go out by themselves when all goes well. Others answer what somebody does or writes. */
export type SampleKind = 'notice' | 'reminder' | 'approval-reminder' | 'change-activated';

/** The facts of each mail that a sample controller would get if the change were announced, and its mail accepted, at `now`. */
export function sampleMails(sample: SampleFacts, language: Language): MessageFacts[] {
  const { objection, approval } = sample.content.regime;
  const kinds: SampleKind[] = [
    'notice',
    ...(objection ? (['reminder'] as const) : []),
    ...(approval ? (['approval-reminder'] as const) : []),
    'change-activated',
  ];
  return kinds.map((kind) => sampleMail(sample, kind, language));
}

/** The facts of one of them. The change is in force on its planned day. */
export function sampleMail(sample: SampleFacts, kind: SampleKind, language: Language): MessageFacts {
  const change = sampleChange(sample.content, sample.now);
  const { terms, plannedActivationOn, regime } = change;
  const activatedAt = startOfDay(plannedActivationOn, terms.timeZone);
  const activated = { ...change, status: 'activated', activatedAt, activatedBy: change.announcedBy } as const;
  const content = contentOf({
    kind,
    change: kind === 'change-activated' ? activated : change,
    deadline: regime.objection ? deadlineOf(sample.now, terms) : null,
    answerBy: regime.approval ? answerDeadlineOf(sample.now, terms) : null,
    inForceFrom: null,
    toldDeadline: null,
    objection: null,
  });
  return framed(sample, language, content);
}

function framed({ link, now }: SampleFacts, language: Language, content: MessageContent): MessageFacts {
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
