import { lockChange } from '../db/change-locks.ts';
import { findController } from '../db/controllers.ts';
import { copyOf, insertMailDecision, lockMail, markAs, markUnread } from '../db/inbound-mails.ts';
import { findMail } from '../db/mails-on-record.ts';
import { findMessage } from '../db/messages.ts';
import { findWindow } from '../db/objection-windows.ts';
import type { Transaction } from '../db/postgres.ts';
import type { Author } from '../domain/author.ts';
import type { MailSubject } from '../domain/inbound-mail.ts';
import type { MailOnRecord } from '../domain/mail-on-record.ts';
import { notFound, Refused, refusedAt } from '../domain/refused.ts';
import { writeAheadOfFanOut } from './fan-out.ts';
import { keepAnswer } from './take-mail.ts';

/** What a mail is about, as an officer names it: a message, or a controller's part in a change. */
export type NamedSubject =
  | { readonly notice: string }
  | {
      readonly changeId: string;
      /** External id. */
      readonly controller: string;
    };

/**
 * Attributes a mail by hand (D17), also one that was dismissed. It is unread again and blocks its change from this
 * transaction on; a program then reads it and takes it as any mail, as received when it arrived. After an activation that it
 * came before, that is an incident.
 * Refuses with `not-found`, `notice-unknown`, `change-unknown`, `controller-unknown` and `controller-not-in-change` for what it
 * is said to be about, `received-at-out-of-range` for a mail that came before the announcement, `mail-being-read`, `mail-erased`, and
 * `mail-already-attributed`, also where a copy of it is on record for the same controller and message.
 */
export async function attributeMail(
  tx: Transaction,
  id: string,
  { subject, explanation }: { subject: NamedSubject; explanation: string | null },
  by: Author,
): Promise<MailOnRecord> {
  const { receivedAt } = await getMail(tx, id);
  const { announcedAt, ...about } = await lockSubject(tx, subject, by.at);
  await lockMailTakenAs(tx, id, ['unattributed', 'dismissed']);
  if (Temporal.Instant.compare(receivedAt, announcedAt) < 0) {
    const detail = `The mail came at ${receivedAt.toString()}, before the change was announced at ${announcedAt.toString()}.`;
    throw new Refused('received-at-out-of-range', detail);
  }
  const copy = await copyOf(tx, id, about);
  if (copy !== null) {
    throw new Refused('mail-already-attributed', `The same mail is on record for the same controller as mail ${copy}.`);
  }
  await insertMailDecision(tx, id, { decision: 'attributed', explanation, about }, by);
  await markUnread(tx, id, about, by.at);
  return getMail(tx, id);
}

/**
 * Dismisses a mail that is attributed to nobody, with an explanation: it is of no concern. Refuses with `not-found`,
 * `mail-being-read`, `mail-erased`, `mail-already-attributed` and `mail-already-dismissed`.
 */
export async function dismissMail(tx: Transaction, id: string, explanation: string, by: Author): Promise<MailOnRecord> {
  await lockMailTakenAs(tx, id, ['unattributed']);
  await insertMailDecision(tx, id, { decision: 'dismissed', explanation, about: null }, by);
  await markAs(tx, id, 'dismissed', by.at);
  return getMail(tx, id);
}

/**
 * Makes a mail that was taken as automatic an unread answer of its controller, as received when it arrived (D17). It blocks
 * activation from this transaction on (D20), and the operator gets a mail; after an activation that it came before, that is an
 * incident. Refuses with `not-found`, `mail-being-read`, `mail-erased` and `mail-not-automatic`.
 */
export async function callMailAnAnswer(
  tx: Transaction,
  id: string,
  explanation: string | null,
  { by, apiUrl }: { by: Author; apiUrl: string },
): Promise<{ mailId: string; answerId: string; changeId: string; controller: string; isIncident: boolean }> {
  const found = await getMail(tx, id);
  // An activation takes the lock of the change too, so exactly one of the two is first (D22).
  const change = found.changeId === null ? null : await lockChange(tx, found.changeId);
  const about = await lockMailTakenAs(tx, id, ['automatic']);
  // It was attributed and read after we had looked.
  if (change === null || about === null) throw beingRead(id);
  await insertMailDecision(tx, id, { decision: 'answer', explanation, about: null }, by);
  await markAs(tx, id, 'answer', by.at);
  const mail = await getMail(tx, id);
  const answer = await keepAnswer(tx, mail, { about, change, content: mail, now: by.at }, apiUrl);
  const { controller } = answer;
  return { mailId: id, answerId: answer.id, changeId: change.id, controller, isIncident: answer.isIncident };
}

/** Locks the change that a mail is said to be about, and finds the controller's part in it. */
async function lockSubject(
  tx: Transaction,
  subject: NamedSubject,
  now: Temporal.Instant,
): Promise<MailSubject & { announcedAt: Temporal.Instant }> {
  if ('notice' in subject) {
    const message = await findMessage(tx, subject.notice);
    const change = message && (await lockChange(tx, message.changeId));
    if (!message || !change) {
      throw refusedAt('notice', 'notice-unknown', `There is no notice ${subject.notice}.`);
    }
    const { announcedAt } = change;
    return { changeId: change.id, controllerId: message.controllerId, messageId: message.id, announcedAt };
  }
  const { changeId } = subject;
  const change = await lockChange(tx, changeId);
  if (change === null) throw refusedAt('changeId', 'change-unknown', `There is no change ${changeId}.`);
  const controller = await findController(tx, subject.controller);
  if (controller === null) {
    throw refusedAt('controller', 'controller-unknown', `There is no controller ${subject.controller}.`);
  }
  await writeAheadOfFanOut(tx, change, [controller.id], now);
  if ((await findWindow(tx, changeId, controller.id)) === null) {
    const detail = `Controller ${subject.controller} is not told of change ${changeId}.`;
    throw refusedAt('controller', 'controller-not-in-change', detail);
  }
  return { changeId, controllerId: controller.id, messageId: null, announcedAt: change.announcedAt };
}

type DecidedAs = 'unattributed' | 'dismissed' | 'automatic';

/** Locks a mail that is taken as one of these, and returns what it is about. Refuses any other. */
async function lockMailTakenAs(
  tx: Transaction,
  id: string,
  expected: readonly DecidedAs[],
): Promise<MailSubject | null> {
  const mail = await lockMail(tx, id);
  if (mail === null) throw notFound(`mail ${id}`);
  const { takenAs, about, isErased } = mail;
  if (isErased) throw new Refused('mail-erased', `Mail ${id} has been erased: nothing is left to decide about.`);
  if (expected.some((each) => each === takenAs)) return about;
  if (takenAs === null) throw beingRead(id);
  if (expected.includes('automatic')) throw new Refused('mail-not-automatic', `Mail ${id} is taken as ${takenAs}.`);
  if (takenAs === 'dismissed') throw new Refused('mail-already-dismissed', `Mail ${id} has been dismissed.`);
  throw new Refused('mail-already-attributed', `Mail ${id} is taken as ${takenAs}.`);
}

function beingRead(id: string): Refused {
  return new Refused('mail-being-read', `Mail ${id} waits to be read by a program.`);
}

async function getMail(tx: Transaction, id: string): Promise<MailOnRecord> {
  const mail = await findMail(tx, id);
  if (mail === null) throw notFound(`mail ${id}`);
  return mail;
}
