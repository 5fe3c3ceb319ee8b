import type { get as getWorklist } from '../../api/worklist.ts';
import type { Language } from '../../domain/text.ts';
import { dayInWords, deadlineInWords, instantInWords } from '../../domain/wording.ts';
import { authorInWords } from '../author-words.ts';
import { productOf, titleOf, type NamesInProposals } from '../proposals/proposal-shown.ts';
import { fullMomentInWords } from '../times.ts';
import { todayTextsIn } from './texts.ts';

type Worklist = Awaited<ReturnType<typeof getWorklist.read>>;
type Of<Kind extends keyof Worklist> = NonNullable<Worklist[Kind]>['items'][number];
type Texts = ReturnType<typeof todayTextsIn>;

/** One thing to do: what it is, where it is done, and what else there is to know. */
interface Task {
  readonly name: string;
  readonly href: string;
  readonly more: readonly string[];
}

/** Work of one kind, the next first, and where all of it is. */
export interface GroupOfWork {
  readonly key: string;
  readonly heading: string;
  readonly count: number;
  readonly tasks: readonly Task[];
  readonly all: string;
}

/** What waits, in words, by what is done about it: what blocks a change first. Without the kinds of which nothing waits. */
export function workInWords(
  work: Worklist,
  {
    language,
    now,
    names,
  }: { readonly language: Language; readonly now: Temporal.Instant; readonly names: NamesInProposals },
): GroupOfWork[] {
  const t = todayTextsIn(language);
  const inbox = '/console/inbox';
  const groups = [
    groupOf('answers', t.answers, work.answers, `${inbox}/answers`, (item) => ({
      ...ofController(item, `${inbox}/answers/${item.id}`, language),
      name: `${item.controller.name}: ${item.subject}`,
    })),
    groupOf('mails', t.mails, work.mails, `${inbox}/mails`, (item) => ({
      name: item.subject || writer(item.from, t),
      href: `${inbox}/mails/${item.id}`,
      more: [writer(item.from, t), received(item.receivedAt, 'Europe/Copenhagen', language)],
    })),
    groupOf('objections', t.objections, work.objections, `${inbox}/objections`, (item) => {
      const { more, ...task } = ofController(item, `${inbox}/objections/${item.id}`, language);
      return {
        ...task,
        name: t.objection(item.number, item.controller.name),
        more: item.isBeingWithdrawn ? [...more, t.beingWithdrawn] : more,
      };
    }),
    groupOf('approvals', t.approvals, work.approvals, `${inbox}/approvals`, (item) => ({
      ...ofController(item, `${inbox}/approvals/${item.id}`, language),
      name: t.approval(item.number, item.controller.name),
    })),
    groupOf('nominations', t.nominations, work.nominations, `${inbox}/nominations`, (item) => ({
      ...ofController(item, `${inbox}/nominations/${item.id}`, language),
      name: `${item.controller.name}: ${item.from.name ?? t.unnamed}, ${item.role}`,
    })),
    groupOf('proposals', t.proposals, work.proposals, '/console/proposals', (item) => proposal(item, names, language)),
    groupOf('unreached', t.unreached, work.unreached, '/console/changes', (item) => unreached(item, t)),
    groupOf('deadlines', t.deadlines, work.deadlines, '/console/changes', (item) => deadline(item, language, now)),
    groupOf('upstream', t.upstream, work.upstream, '/console/changes', (item) => upstream(item, language)),
  ];
  return groups.filter(({ count }) => count > 0);
}

function groupOf<Item>(
  key: string,
  heading: string,
  waiting: { readonly count: number; readonly items: readonly Item[] } | null,
  all: string,
  task: (item: Item) => Task,
): GroupOfWork {
  return { key, heading, count: waiting?.count ?? 0, tasks: waiting?.items.map(task) ?? [], all };
}

const received = (instant: string, timeZone: string, language: Language) =>
  todayTextsIn(language).received(instantInWords(Temporal.Instant.from(instant), timeZone, language));

const writer = ({ name, email }: { readonly name: string | null; readonly email: string | null }, t: Texts) =>
  name ?? email ?? t.unnamed;

const hrefOf = (change: { readonly id: string }) => `/console/changes/${change.id}`;

/** What a controller has caused: of whom, about which change, and when. */
function ofController(
  item: Of<'answers'> | Of<'objections'> | Of<'approvals'> | Of<'nominations'>,
  href: string,
  language: Language,
) {
  const { controller, change, receivedAt } = item;
  return {
    name: controller.name,
    href,
    more: [change.companies, received(receivedAt, change.timeZone, language)],
  };
}

function proposal(item: Of<'proposals'>, names: NamesInProposals, language: Language): Task {
  const by = authorInWords(item.proposedBy, language);
  const product = productOf(item, names);
  return {
    name: titleOf(item, names, language),
    href: `/console/proposals/${item.id}`,
    // Of a role for all products, none.
    more: [
      ...(product === '' ? [] : [product]),
      todayTextsIn(language).proposed(by, fullMomentInWords(item.expiresAt, language)),
    ],
  };
}

function unreached({ change, notNotified, untold }: Of<'unreached'>, t: Texts): Task {
  return {
    name: change.companies,
    href: hrefOf(change),
    more: [...(notNotified > 0 ? [t.notNotified(notNotified)] : []), ...(untold > 0 ? [t.untold(untold)] : [])],
  };
}

function deadline(
  { change, what, at, isClear, isProposed }: Of<'deadlines'>,
  language: Language,
  now: Temporal.Instant,
): Task {
  const t = todayTextsIn(language);
  const instant = Temporal.Instant.from(at);
  const task = { name: change.companies, href: hrefOf(change) };
  if (what === 'activation') {
    const day = dayInWords(instant.toZonedDateTimeISO(change.timeZone).toPlainDate(), language);
    const clear = Temporal.Instant.compare(instant, now) <= 0 ? t.ready : t.clear;
    return { ...task, more: [t.activation(day), isProposed ? t.awaited : isClear ? clear : t.blocked] };
  }
  // The end of a hold is a moment; the other ends are exclusive (D9).
  const inWords = what === 'hold' ? instantInWords : deadlineInWords;
  return { ...task, more: [t.deadline[what](inWords(instant, change.timeZone, language))] };
}

function upstream({ change, objectBy, effectiveOn, isMissed }: Of<'upstream'>, language: Language): Task {
  const t = todayTextsIn(language);
  const day = (text: string) => dayInWords(Temporal.PlainDate.from(text), language);
  return {
    name: change.companies,
    href: hrefOf(change),
    more: [
      ...(objectBy === null ? [] : [t.objectBy(day(objectBy))]),
      ...(isMissed ? [t.missed] : []),
      ...(effectiveOn === null ? [] : [t.effectiveOn(day(effectiveOn))]),
    ],
  };
}
