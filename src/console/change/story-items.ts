import type * as answers from '../../api/answers.ts';
import type * as approvalList from '../../api/approval-list.ts';
import type * as changeControllers from '../../api/change-controllers.ts';
import type * as notices from '../../api/notices.ts';
import type * as objectionList from '../../api/objection-list.ts';
import { RECORD_WORDS } from '../../domain/record-words.ts';
import type { Language } from '../../domain/text.ts';
import type { Query } from '../../http/operation.ts';
import { authorInWords } from '../author-words.ts';
import type { scanLinks } from '../scans.ts';
import type { Visit } from '../visit.ts';
import { storyAddress } from '../addresses.ts';
import type { ChangeShown } from './change-shown.ts';

/** What a list of the API has of each. */
type ItemOf<List> =
  List extends Query<never, infer _P, infer _Q, infer _B, { items: readonly (infer Item)[] }> ? Item : never;
type Message = ItemOf<typeof notices.listToController>;

/** What is on record of a customer and a change. */
interface OnRecord {
  readonly shown: ChangeShown;
  readonly letters: ItemOf<typeof changeControllers.list>['letters'];
  readonly messages: readonly Message[];
  readonly objections: readonly ItemOf<typeof objectionList.listOfChange>[];
  readonly approvals: readonly ItemOf<typeof approvalList.listOfChange>[];
  readonly answers: readonly ItemOf<typeof answers.listOfChange>[];
  readonly scans: Awaited<ReturnType<typeof scanLinks>>;
}

/** One thing that happened, as the page shows it. */
export interface StoryItem {
  /** When, by which items are sorted: an instant, or the day of a letter, which sorts before every instant of it. */
  readonly at: string;
  readonly when: string;
  readonly what: string;
  readonly tag: { readonly text: string; readonly tone: string } | null;
  /** What else is on record of it, line by line. */
  readonly lines: readonly string[];
  /** What somebody wrote, or a mail server said, word for word. */
  readonly words: readonly { readonly by: string | null; readonly text: string }[];
  readonly link: { readonly href: string; readonly name: string } | null;
  /** The scans of it. */
  readonly files?: readonly { readonly href: string; readonly name: string }[];
}

/** All that happened between us and a customer about a change, the earliest first. */
export function storyOf(
  { shown, letters, messages, objections, approvals, answers: written, scans }: OnRecord,
  visit: Visit,
): StoryItem[] {
  const { t, times, change } = shown;
  const words = RECORD_WORDS[visit.language];
  const who = (author: string) => authorInWords(author, visit.language);
  const writer = (from: { readonly name: string | null; readonly email: string | null }) => {
    const named = [from.name, from.email].filter((each) => each !== null).join(', ');
    return named === '' ? null : t.story.from(named);
  };
  const quoted = (by: string | null, ...texts: readonly (string | null)[]) =>
    texts.flatMap((text) => (text === null || text === '' ? [] : [{ by, text }]));
  const filesOf = (id: string) => scans.filter(({ of }) => of === id);
  const items: StoryItem[] = [
    ...letters.map(({ id, arrivedOn, reference, recordedAt, recordedBy }) => ({
      at: recordedAt,
      when: times.moment(recordedAt),
      what: t.story.letter(times.day(arrivedOn), who(recordedBy)),
      tag: null,
      lines: [reference],
      words: [],
      link: null,
      files: filesOf(id),
    })),
    ...objections.map((each) => {
      const channel = words.channels[each.channel];
      const { resolution, rejectedFor, acceptedLate } = each;
      return {
        at: each.receivedAt,
        when: times.moment(each.receivedAt),
        what:
          rejectedFor === null
            ? t.story.objection(each.number, channel)
            : t.story.attemptToObject(each.number, channel),
        tag: each.status === 'pending' ? { text: t.story.pending, tone: 'waiting' } : null,
        lines: [
          ...(rejectedFor === null ? [] : [t.story.rejected(words.rejected[rejectedFor])]),
          ...(acceptedLate === null
            ? []
            : [t.story.acceptedLate(times.moment(acceptedLate.acceptedAt), who(acceptedLate.acceptedBy))]),
          ...(resolution === null
            ? []
            : [
                t.story.resolved(
                  words.resolved[resolution.outcome],
                  times.moment(resolution.resolvedAt),
                  who(resolution.resolvedBy),
                ),
              ]),
        ],
        words: [
          ...quoted(writer(each.from), each.reasons),
          ...quoted(resolution && t.story.explained(who(resolution.resolvedBy)), resolution?.explanation ?? null),
        ],
        link: { href: `/console/inbox/objections/${each.id}`, name: t.story.open },
        files: filesOf(each.id),
      };
    }),
    ...approvals.map((each) => {
      const channel = words.channels[each.channel];
      const what =
        each.decision === 'approval' ? t.story.approval(each.number, channel) : t.story.refusal(each.number, channel);
      return {
        at: each.receivedAt,
        when: times.moment(each.receivedAt),
        what,
        tag: { text: t.approvalStatus[each.status], tone: TONES[each.status] },
        lines: each.ended === null ? [] : [t.page.by(times.moment(each.ended.endedAt), who(each.ended.endedBy))],
        words: quoted(writer(each.from), each.statement, each.authority, each.ended?.explanation ?? null),
        link: { href: `/console/inbox/approvals/${each.id}`, name: t.story.open },
        files: filesOf(each.id),
      };
    }),
    ...written.map((each) => ({
      at: each.receivedAt,
      when: times.moment(each.receivedAt),
      what: t.story.answer,
      tag: {
        text: t.story.answerStatus[each.status] ?? each.status,
        tone: each.status === 'unread' ? 'waiting' : 'muted',
      },
      lines: [each.subject],
      words: quoted(writer(each.from), each.text),
      link: { href: `/console/inbox/answers/${each.id}`, name: t.story.open },
    })),
    // Of one moment, what somebody said comes before our receipt of it.
    ...messages.map((message) => messageItem(message)),
  ];
  return items.toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at));

  function messageItem(message: Message): StoryItem {
    const composed = message.attempts.length > 0 && visit.may('mails:read', change.product);
    return {
      at: message.createdAt,
      when: times.moment(message.createdAt),
      what: `${words.messages[message.kind]}: ${message.email}`,
      tag: { text: t.story.messageStatus[message.status] ?? message.status, tone: MESSAGE_TONES[message.status] },
      lines: [
        ...message.attempts.map(({ finishedAt, outcome, tls }, index) =>
          [
            `${t.story.attempt(index + 1)}: ${times.moment(finishedAt)}, ${words.outcomes[outcome]}`,
            ...(tls === null ? [] : [t.story.encrypted(tls)]),
          ].join('. '),
        ),
        ...message.reports.map(
          ({ action, recipient, recordedAt }) =>
            `${t.story.report(words.reports[action])}${recipient === null ? '' : ` (${recipient})`}, ${times.moment(recordedAt)}`,
        ),
        ...message.arrivals.map(
          ({ recordedBy, recordedAt }) => `${t.story.arrival(who(recordedBy))}, ${times.moment(recordedAt)}`,
        ),
      ],
      words: [
        ...quoted(t.story.server, ...message.attempts.map(({ response }) => response)),
        ...quoted(t.story.server, ...message.reports.map(({ diagnostic }) => diagnostic)),
        ...message.arrivals.flatMap(({ evidence, recordedBy }) => quoted(t.story.explained(who(recordedBy)), evidence)),
      ],
      link: composed
        ? { href: `${storyAddress(change.id, message.controller)}/messages/${message.id}`, name: t.story.openMail }
        : null,
    };
  }
}

/** What a scan can be added to, for a list to choose from: each by the field of the API that names it, and its id. */
export function scannableIn(
  { shown, letters, objections, approvals }: Pick<OnRecord, 'shown' | 'letters' | 'objections' | 'approvals'>,
  language: Language,
): { value: string; name: string }[] {
  const { t, times } = shown;
  const words = RECORD_WORDS[language].channels;
  return [
    ...letters.map(({ id, arrivedOn }) => ({ value: `letterId ${id}`, name: t.story.letterOf(times.day(arrivedOn)) })),
    ...objections.map(({ id, number, channel }) => ({
      value: `objectionId ${id}`,
      name: t.story.objection(number, words[channel]),
    })),
    ...approvals.map(({ id, number, channel, decision }) => ({
      value: `approvalId ${id}`,
      name:
        decision === 'approval' ? t.story.approval(number, words[channel]) : t.story.refusal(number, words[channel]),
    })),
  ];
}

const MESSAGE_TONES = { pending: 'waiting', accepted: 'good', failed: 'rejected', cancelled: 'muted' } as const;
const TONES = {
  unconfirmed: 'waiting',
  waiting: 'waiting',
  effective: 'good',
  standing: 'rejected',
  withdrawn: 'muted',
  stopped: 'muted',
} as const;
