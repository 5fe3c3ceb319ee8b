import { findChange } from '../db/changes.ts';
import { findSentMessage, messagesQueuedBy, type QueuedMessage } from '../db/messages-to-compose.ts';
import type { Transaction } from '../db/postgres.ts';
import { tellsOfChange, type MessageKind } from '../domain/message.ts';
import { answerByOf, openingAt } from '../domain/objection-window.ts';
import type { Language } from '../domain/text.ts';
import { composeMessage } from '../mail/compose.ts';
import { factsOf } from '../mail/message-facts.ts';

/** A mail that a decision would send: who gets it, and how it reads to the first of them. */
export interface MailOfDecision {
  readonly kind: MessageKind;
  readonly language: Language;
  readonly to: readonly { readonly name: string; readonly email: string }[];
  readonly subject: string;
  readonly html: string;
  readonly text: string;
}

/** What the mails have of the installation. */
export interface DecisionMarks {
  /** What the link in a message is before its token. */
  readonly linkBase: string;
  readonly referenceOf: (windowNumber: string) => string;
}

/** What stands in the place of a link's token: nobody but its controller is shown one (D25). */
const CUT_OUT = 'cut-out';

/**
 * The mails to controllers that the open transaction has queued, one of each kind about each change in each language, as they would
 * read if they went out `at` that moment (D64). The caller rolls the transaction back: what a decision sends is known by doing it. A link in them opens
 * nothing.
 */
export async function mailsOfDecision(
  tx: Transaction,
  { linkBase, referenceOf }: DecisionMarks,
  at: Temporal.Instant,
): Promise<MailOfDecision[]> {
  const queued = await messagesQueuedBy(tx);
  const groups = Map.groupBy(queued, ({ kind, changeId, language }) => `${kind} ${changeId} ${language}`);
  const marks = { linkBase, referenceOf, tokenOf: () => CUT_OUT, codeOf: () => CUT_OUT };
  const mails: MailOfDecision[] = [];
  for (const [first, ...more] of groups.values()) {
    if (first === undefined) continue;
    const { subject, html, text } = composeMessage(await contentOf(tx, first, marks, at));
    const to = [first, ...more].map(({ name, email }) => ({ name, email }));
    mails.push({ kind: first.kind, language: first.language, to, subject, html, text });
  }
  return mails;
}

async function contentOf(
  tx: Transaction,
  { id }: QueuedMessage,
  marks: DecisionMarks & { readonly tokenOf: () => string; readonly codeOf: () => string },
  at: Temporal.Instant,
) {
  const found = await findSentMessage(tx, id);
  const change = found && (await findChange(tx, found.changeId));
  if (found === null || change === null) throw new Error(`no message ${id}`);
  const { deadline: known, notifiedAt, ...message } = found;
  // To a controller that is not notified yet, a notice states the time that it would begin (D11).
  const deadline = known ?? (tellsOfChange(message.kind) ? openingAt(at, change).deadline : null);
  return factsOf(tx, { message, change, deadline, answerBy: answerByOf(notifiedAt, change) }, marks, at);
}
