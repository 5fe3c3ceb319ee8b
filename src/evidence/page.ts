import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import { changeInWords } from '../domain/change-words.ts';
import type { Change } from '../domain/change.ts';
import { comparisonsInWords } from '../domain/comparison-words.ts';
import { demandsOf } from '../domain/element-words.ts';
import type { GateFacts } from '../domain/gate.ts';
import { dayIn } from '../domain/instant.ts';
import { lastDay } from '../domain/objection-window.ts';
import type { RegisterEntry } from '../domain/register.ts';
import { oneLine, passage } from '../domain/text.ts';
import { dayInWords, deadlineInWords, instantInWords, windowRuleInWords, type Reader } from '../domain/wording.ts';
import type { PageTexts } from './page-texts.ts';
import { toldOf, wordsOf, type Moment } from './timeline.ts';

const eta = new Eta({
  views: fileURLToPath(new URL('views', import.meta.url)),
  cache: true,
  autoEscape: true,
});

/** What a page says of the whole pack. */
export interface PageFacts {
  readonly change: Change;
  readonly announcedBy: string;
  /** Who proposed, decided, announced and activated it: of a share, what its rows tell of that. */
  readonly moments: readonly Moment[];
  /** The words for the company's persons and keys, by how the record names them: none in a share, nor in a redacted pack (D48). */
  readonly names: ReadonlyMap<string, string>;
  /** Whose share it is, by external id; `null` of a whole pack. */
  readonly shareOf: string | null;
  readonly isRedacted: boolean;
  /** How many controllers there are, and how many of them the page lists. */
  readonly total: number;
  readonly shown: number;
  /** The first notification, for the example of how days are counted. */
  readonly firstNotifiedAt: Temporal.Instant | null;
  readonly gates: readonly GateFacts[];
  readonly registerBefore: readonly RegisterEntry[];
  /** `null` where the change is not in force. */
  readonly registerAfter: readonly RegisterEntry[] | null;
  /** Each as origin, size and root. */
  readonly checkpoints: readonly string[];
  readonly unsealed: number;
}

/** What a page says of one controller. */
export interface ControllerFacts {
  readonly externalId: string;
  /** `null` in a redacted pack. */
  readonly name: string | null;
  readonly folder: string;
  readonly notifiedAt: Temporal.Instant | null;
  readonly deadline: Temporal.Instant | null;
  readonly objections: number;
  readonly answers: number;
  readonly approvals: number;
  readonly moments: readonly Moment[];
  /** The mails and scans in its folder, by the key of the row that tells of each. */
  readonly files: ReadonlyMap<string, string>;
}

const nameOf = ({ name, externalId }: ControllerFacts) =>
  name === null ? externalId : `${oneLine(name)} (${externalId})`;

/** The page up to the table of controllers. */
export function startOfPage(t: PageTexts, facts: PageFacts): string {
  const { change, isRedacted } = facts;
  const { language } = t;
  const { timeZone } = change.terms;
  const demands = demandsOf(change, language);
  return eta.render('./start', {
    ...facts,
    t,
    announcedBy: facts.names.get(facts.announcedBy) ?? facts.announcedBy,
    moments: facts.moments.map((moment) => momentInWords(t, moment, timeZone, facts.names)),
    reader: readerOf(facts),
    change: changeInWords(change, language),
    processor: change.processor.name,
    product: change.productName,
    announcedAt: instantInWords(change.announcedAt, timeZone, language),
    plannedOn: dayInWords(change.plannedActivationOn, language),
    reason: passage(change.reason, language),
    demands: [
      [t.asked[readerOf(facts)], demands.asked],
      [t.objectable[readerOf(facts)], demands.objectable],
      [t.informed, demands.informed],
    ],
    comparisons: comparisonsInWords(isRedacted ? withoutContactPersons(change) : change, language),
    asksForApproval: change.regime.approval,
    counting: change.regime.objection ? countingOf(t, facts) : null,
  });
}

/** Whom the page speaks to: a share is read by its customer, and the whole tells the company, and whoever it shows it to, of customers. */
const readerOf = ({ shareOf }: PageFacts): Reader => (shareOf === null ? 'company' : 'customer');

function countingOf(t: PageTexts, facts: PageFacts) {
  const { language } = t;
  const { terms } = facts.change;
  const { firstNotifiedAt } = facts;
  return {
    days: terms.objectionWindowDays,
    zone: terms.timeZone,
    rule: windowRuleInWords(terms, language, readerOf(facts)),
    example: firstNotifiedAt === null ? [] : countedDays(t, firstNotifiedAt, terms),
  };
}

/** Each day from the notification to the last day, with what it counts as (D9, D10). */
function countedDays(
  t: PageTexts,
  notifiedAt: Temporal.Instant,
  terms: Change['terms'],
): [day: string, note: string][] {
  const first = dayIn(terms.timeZone, notifiedAt);
  const last = lastDay(notifiedAt, terms);
  return Array.from({ length: first.until(last).days + 1 }, (_, number) => {
    const day = first.add({ days: number });
    const notes = [
      number === 0 ? t.dayNotCounted : number <= terms.objectionWindowDays ? t.dayNumber(number) : t.dayRolled,
      ...(day.equals(last) ? [t.lastDay] : []),
    ];
    return [dayInWords(day, t.language), notes.join(', ')];
  });
}

function withoutContactPersons(change: Change): Change {
  const side = <Side extends { readonly company: object } | null>(each: Side): Side =>
    each && { ...each, company: { ...each.company, contactPerson: null } };
  return {
    ...change,
    effects: change.effects.map((effect) => ({ ...effect, from: side(effect.from), to: side(effect.to) })),
  };
}

/** A controller's row of the table. */
export function rowOfController(t: PageTexts, facts: ControllerFacts, timeZone: string): string {
  const { notifiedAt, deadline, objections, answers, approvals } = facts;
  const cells = [
    [t.controller, nameOf(facts)],
    [t.notified, notifiedAt === null ? t.none : instantInWords(notifiedAt, timeZone, t.language)],
    [t.deadline, deadline === null ? t.none : deadlineInWords(deadline, timeZone, t.language)],
    [t.objections, String(objections)],
    [t.answers, String(answers)],
    [t.approvals, String(approvals)],
  ];
  return eta.render('./row', { cells });
}

/** What happened with one controller. */
export function storyOfController(
  t: PageTexts,
  facts: ControllerFacts,
  timeZone: string,
  names: ReadonlyMap<string, string>,
): string {
  const moments = facts.moments.map((moment) => ({
    ...momentInWords(t, moment, timeZone, names),
    file: facts.files.get(moment.row.key),
    fileName: moment.what === 'scan' ? t.scanFile : t.mailFile,
  }));
  return eta.render('./story', { t, name: nameOf(facts), folder: facts.folder, moments });
}

const momentInWords = (t: PageTexts, moment: Moment, timeZone: string, names: ReadonlyMap<string, string>) => ({
  when: whenInWords(moment.at, timeZone, t),
  what: t.say[moment.what](toldOf(moment, names)),
  words: wordsOf(moment),
});

function whenInWords(at: string, timeZone: string, { language }: PageTexts): string {
  return at.includes('T')
    ? instantInWords(Temporal.Instant.from(at), timeZone, language)
    : dayInWords(Temporal.PlainDate.from(at), language);
}

/** Between the table and the stories. */
export function middleOfPage(t: PageTexts, { shown, total }: PageFacts): string {
  return eta.render('./middle', { t, shown, total });
}

/** The page from behind the stories. */
export function endOfPage(t: PageTexts, facts: PageFacts): string {
  const { timeZone } = facts.change.terms;
  const namesOf = (entries: readonly RegisterEntry[]) => entries.map(({ name }) => oneLine(name));
  return eta.render('./end', {
    ...facts,
    t,
    gates: facts.gates.map((gate) => ({
      at: instantInWords(Temporal.Instant.from(gate.judgedAt), timeZone, t.language),
      facts: factsOfGate(t, gate, timeZone),
    })),
    registerBefore: namesOf(facts.registerBefore),
    registerAfter: facts.registerAfter && namesOf(facts.registerAfter),
  });
}

function factsOfGate(t: PageTexts, gate: GateFacts, timeZone: string): [label: string, value: string][] {
  const { varsel, migrations, timeZones } = gate.software;
  const latest = gate.latestDeadline === null ? null : Temporal.Instant.from(gate.latestDeadline);
  return [
    [t.gate.controllers, String(gate.controllers.total)],
    [t.gate.notified, String(gate.controllers.notified)],
    [t.gate.windowsOpen, String(gate.controllers.windowsOpen)],
    [t.gate.latestDeadline, latest === null ? t.none : deadlineInWords(latest, timeZone, t.language)],
    [t.gate.objections, String(gate.objections.total)],
    [t.gate.pending, String(gate.objections.pending)],
    [t.gate.unread, String(gate.answers.unread + gate.unreadMails)],
    ...(gate.approvalsHash === null
      ? []
      : [[t.gate.approvals, `${gate.approvalsHash.count}, SHA-256 ${gate.approvalsHash.sha256}`] as [string, string]]),
    [t.gate.software, `Varsel ${varsel}, tz ${timeZones}, SHA-256 ${migrations}`],
  ];
}
