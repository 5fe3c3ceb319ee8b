import { SYSTEM } from '../domain/author.ts';
import { checkpointLine, type ShortCheckpoint } from '../domain/checkpoint.ts';
import { changeInWords, deedInWords, kindInWords, namesInWords, outcomesInWords } from '../domain/change-words.ts';
import { comparisonsInWords } from '../domain/comparison-words.ts';
import { demandsOf } from '../domain/element-words.ts';
import { dayIn } from '../domain/instant.ts';
import type { MessageContent } from '../domain/message-content.ts';
import type { Objection } from '../domain/objection.ts';
import { carriesCode, CODE_MINUTES } from '../domain/mailed-code.ts';
import { oneLine, passage, type Language } from '../domain/text.ts';
import { dayInWords, deadlineInWords, instantInWords, windowRuleInWords } from '../domain/wording.ts';
import { approvalForTemplate } from './approval-view.ts';

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
  /** The newest checkpoint of the record (D49), in what is about an objection, an approval or a refusal; otherwise left out. */
  readonly checkpoint?: ShortCheckpoint | null;
}

/** What a message says, before it is put into words. */
export type MessageFacts = MessageFrame & MessageContent;

/** What templates see as `it`: plain strings, already in the message's language. Nothing in it is HTML. */
export function viewOf(facts: MessageFacts) {
  const { change, language, deadline, answerBy, toldDeadline, objection } = facts;
  const { timeZone } = change.terms;
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
    code: facts.code,
    productName: change.productName,
    processor: change.processor,
    objectionAddress: change.objectionAddress,
    regime: change.regime,
    status: change.status,
    kindInWords: kindInWords(change.kind, language),
    names: namesInWords(change, language),
    changeInWords: changeInWords(change, language),
    deedInWords: deedInWords(change, language),
    demands: demandsOf(change, language),
    /** Whether approval is asked for although no clause demands it. */
    isAskedBesides: change.regime.approval && !change.elements.some(({ regime }) => regime.approval),
    isWordingOnly: change.wordingOnly.length > 0,
    separation: change.separation && passage(change.separation, language),
    approvalHours: change.terms.approvalEffectiveAfterHours,
    reason: passage(change.reason, language),
    plannedActivationOn: dayInWords(change.plannedActivationOn, language),
    announcedOn: dayOf(change.toldSince ?? change.announcedAt),
    activatedOn: change.status === 'activated' ? dayOf(change.activatedAt) : null,
    outcomes: change.status === 'activated' ? outcomesInWords(change, language) : [],
    withdrawnOn: change.status === 'withdrawn' ? dayOf(change.withdrawnAt) : null,
    withdrawalReason: change.status === 'withdrawn' ? passage(change.withdrawalReason, language) : null,
    deadline: deadline && lastMinuteOf(deadline),
    isLate: facts.kind === 'late-notice',
    answerBy: answerBy && lastMinuteOf(answerBy),
    toldDeadline: toldDeadline && lastMinuteOf(toldDeadline),
    windowRule: windowRuleInWords(change.terms, language),
    comparisons: comparisonsInWords(change, language),
    /** Where the code of a mail about approving is typed. */
    codeLink: facts.approval ? `${facts.link}/answer/${facts.approval.id}/withdraw` : `${facts.link}/answer`,
    codeMinutes: carriesCode(facts.kind) ? CODE_MINUTES[facts.kind] : null,
    objection: objection && objectionForTemplate(objection, timeZone, language),
    approval: facts.approval ? approvalForTemplate(facts.approval, facts) : null,
    isForEach: change.scope === 'each',
    /** The newest checkpoint of the record (D49), where the message carries it. */
    checkpoint: facts.checkpoint ? checkpointLine(facts.checkpoint) : null,
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
