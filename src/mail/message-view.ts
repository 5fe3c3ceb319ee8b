import { COMPARED_FIELDS, differencesBetween, type ComparedField, type CompanyInChain } from '../domain/comparison.ts';
import { approvalForTemplate } from './approval-view.ts';
import { companiesOf, companyOf, replacedBy, type Effect } from '../domain/effect.ts';
import type { MessageContent } from '../domain/message-content.ts';
import { dayIn } from '../domain/instant.ts';
import type { Objection } from '../domain/objection.ts';
import { SYSTEM } from '../domain/author.ts';
import { carriesCode, CODE_MINUTES } from '../domain/mailed-code.ts';
import { oneLine, passage, type Language, type Text } from '../domain/text.ts';
import {
  chainInWords,
  changeInWords,
  countryName,
  dayInWords,
  deadlineInWords,
  instantInWords,
  placesInWords,
  windowRuleInWords,
} from '../domain/wording.ts';

/** What a message has besides its content, whatever its kind: language and addressee. */
export interface MessageFrame {
  readonly language: Language;
  /** The controller's id. Its messages on a change put one appointment into its calendars, which later ones correct. */
  readonly controllerId: string;
  readonly controllerName: string;
  readonly contactName: string;
  /** Absolute URL, personal to the message. */
  readonly link: string;
  /**
   * What the controller can name in an answer of any kind, so that it is attributed: `VS-K7Q2-9F3M`. One line of ASCII.
   * `null` where there is none.
   */
  readonly reference: string | null;
  /** What is to be typed to withdraw an objection, in a mail that carries it (D31); otherwise `null`. */
  readonly code: string | null;
  /** When the message is composed, by the clock that is handed in. */
  readonly composedAt: Temporal.Instant;
}

/** What a message says, before it is put into words. */
export type MessageFacts = MessageFrame & MessageContent;

/** What templates see as `it`: plain strings, already in the message's language. Nothing in it is HTML. */
export function viewOf(facts: MessageFacts) {
  const { change, language, deadline, answerBy, toldDeadline, objection } = facts;
  const { timeZone } = change.terms;
  const name = companiesOf(change).map(oneLine).join(', ');
  const dayOf = (instant: Temporal.Instant) => dayInWords(dayIn(timeZone, instant), language);
  const lastMinuteOf = (instant: Temporal.Instant) => deadlineInWords(instant, timeZone, language);
  return {
    language,
    link: facts.link,
    /** Where a withdrawal of the objection is stopped (D31). */
    keepLink: objection && `${facts.link}/${objection.id}/keep`,
    controllerName: facts.controllerName,
    contactName: facts.contactName,
    reference: facts.reference,
    // Two groups are easier to read and to type.
    code: facts.code && facts.code.replace(/(?=.{4}$)/, ' '),
    productName: change.productName,
    processor: change.processor,
    objectionAddress: change.objectionAddress,
    isReplacement: change.kind === 'replacement',
    status: change.status,
    subProcessorName: name,
    replacedName: replacedBy(change) && oneLine(replacedBy(change) ?? ''),
    changeInWords: changeInWords(change, language),
    reason: passage(change.reason, language),
    plannedActivationOn: dayInWords(change.plannedActivationOn, language),
    announcedOn: dayOf(change.toldSince ?? change.announcedAt),
    activatedOn: change.status === 'activated' ? dayOf(change.activatedAt) : null,
    withdrawnOn: change.status === 'withdrawn' ? dayOf(change.withdrawnAt) : null,
    withdrawalReason: change.status === 'withdrawn' ? passage(change.withdrawalReason, language) : null,
    deadline: deadline && lastMinuteOf(deadline),
    answerBy: answerBy && lastMinuteOf(answerBy),
    toldDeadline: toldDeadline && lastMinuteOf(toldDeadline),
    windowRule: windowRuleInWords(change.terms, language),
    comparisons: change.effects.map((effect) => ({
      act: effect.act,
      name: oneLine(companyOf(effect).name),
      rows: rowsOf(effect, language),
    })),
    codeMinutes: carriesCode(facts.kind) ? CODE_MINUTES[facts.kind] : null,
    objection: objection && objectionForTemplate(objection, timeZone, language),
    approval: facts.approval ? approvalForTemplate(facts.approval, facts) : null,
    isForEach: change.scope === 'each',
  };
}

/** What one company has in a row of the table: nothing stated, one text, or a list. */
interface Cell {
  readonly items: readonly string[];
  readonly isList: boolean;
  /** The message's language, or Danish for a text that has no translation. */
  readonly lang: Language;
}

/** What a controller needs to know of one company (D2): as it shall be, beside what it is today or what it replaces. */
function rowsOf({ from, to }: Effect, language: Language) {
  const planned = to && cellsOf(to, language);
  const current = from && cellsOf(from, language);
  const differing = from && to ? differencesBetween(to, from) : COMPARED_FIELDS;
  return COMPARED_FIELDS.map((field) => ({
    field,
    planned: planned?.[field] ?? null,
    current: current?.[field] ?? null,
    differs: differing.includes(field),
  }));
}

function cellsOf({ company, chain }: CompanyInChain, language: Language): Record<ComparedField, Cell> {
  const { registrationNumber, contactPerson, locations } = company;
  const cellOf = (items: readonly string[], more: Partial<Cell> = {}): Cell => ({
    items,
    isList: false,
    lang: language,
    ...more,
  });
  const textCell = (of: Text) => {
    const { text, lang } = passage(of, language);
    return cellOf([text], { lang });
  };
  return {
    name: cellOf([oneLine(company.name)]),
    registrationNumber: cellOf(registrationNumber === null ? [] : [oneLine(registrationNumber)]),
    address: cellOf([oneLine(company.address)]),
    country: cellOf([countryName(company.country, language)]),
    contactPerson: cellOf(contactPerson === null ? [] : [`${oneLine(contactPerson.name)}, ${contactPerson.email}`]),
    chain: cellOf([chainInWords([...chain, company.name].map(oneLine))]),
    processing: textCell(company.processing),
    personalData: textCell(company.personalData),
    places: cellOf(placesInWords(locations, language), { isList: true }),
  };
}

function objectionForTemplate(objection: Objection, timeZone: string, language: Language) {
  const resolution = objection.status === 'resolved' ? objection.resolution : null;
  const { name: typedName, email } = objection.from;
  const name = typedName && oneLine(typedName);
  return {
    number: objection.number,
    channel: objection.channel,
    from: name && email ? `${name}, ${email}` : name || email || null,
    reasons: objection.reasons === '' ? null : objection.reasons,
    receivedAt: instantInWords(objection.receivedAt, timeZone, language),
    rejectedFor: objection.status === 'rejected' ? objection.rejectedFor : null,
    outcome: resolution?.outcome ?? null,
    explanation: resolution?.explanation ?? null,
    resolvedAt: resolution && instantInWords(resolution.resolvedAt, timeZone, language),
    withdrawal: objection.withdrawal && {
      ...objection.withdrawal,
      requestedAt: instantInWords(objection.withdrawal.requestedAt, timeZone, language),
      isStoppedByContact: objection.withdrawal.endedBy !== SYSTEM,
    },
  };
}
