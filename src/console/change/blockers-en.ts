import type { BlockerTexts, InWords } from './blockers-da.ts';

const many = (count: number, one: string, more: string, { number }: InWords) =>
  `${number(count)} ${count === 1 ? one : more}`;

export const englishBlockers: BlockerTexts = {
  'not-announced': ({ status }) => ({
    what: status === 'activated' ? 'The change is activated.' : 'The change has been withdrawn.',
    todo: 'There is nothing more to do. If it has to be altered, announce a new change.',
  }),
  'announcement-held': ({ heldUntil }, { moment }) => ({
    what: `Nobody has been told yet: the announcement is held until ${moment(heldUntil)}.`,
    todo: 'Wait. If something is wrong, withdraw the change before then, and nobody is ever told.',
  }),
  'notices-being-written': ({ count }, words) => ({
    what: `The notices to ${many(count, 'customer', 'customers', words)} are being written.`,
    todo: 'Wait. It takes seconds. If it takes minutes, ask whoever runs Varsel to look into the log.',
  }),
  'controllers-not-notified': ({ count }, words) => ({
    what: `${many(count, 'customer has', 'customers have', words)} not been notified.`,
    todo: 'Where e-mails are on their way, wait. Where they failed, correct the customer’s address and send again, or notify by letter and record it here.',
  }),
  'contacts-untold': ({ count }, words) => ({
    what: `At ${many(count, 'customer', 'customers', words)}, none of the present contacts has been told.`,
    todo: 'The contacts have changed since the notice. Send again to the customer, or record a letter.',
  }),
  'objection-windows-open': ({ count, lastDeadline }, words) => ({
    what:
      count === 0
        ? 'The time to object is about to end.'
        : `The time to object runs for ${many(count, 'customer', 'customers', words)}${lastDeadline === null ? '' : `, for the last one until ${words.deadline(lastDeadline)}`}.`,
    todo: 'Wait until it has ended. It cannot be shortened.',
  }),
  'objections-pending': ({ count }, words) => ({
    what: `${many(count, 'objection is', 'objections are', words)} not resolved.`,
    todo: 'Read each objection and decide: accommodate it, agree with the customer that it is withdrawn, or withdraw the change.',
  }),
  'answers-unread': ({ count }, words) => ({
    what: `${many(count, 'answer is', 'answers are', words)} unread.`,
    todo: 'Read each answer in the inbox, and say whether it is an objection, an approval, a refusal or none of these.',
  }),
  'mails-being-read': ({ count }, words) => ({
    what: `Varsel is reading ${many(count, 'e-mail that came in', 'e-mails that came in', words)}.`,
    todo: 'Wait. It takes seconds. If it takes minutes, ask whoever runs Varsel to look into the log.',
  }),
  'counts-disagree': () => ({
    what: 'The counts do not agree with the rows behind them.',
    todo: 'Wait. Varsel mends them by itself within a minute, and tells whoever runs it.',
  }),
  'planned-date-not-reached': ({ plannedActivationOn }, { day }) => ({
    what: `The planned day, ${day(plannedActivationOn)}, has not come.`,
    todo: 'Wait until that day. It was announced, and cannot be moved forward.',
  }),
  'wording-unconfirmed': ({ texts }, { worded }) => ({
    what: `Nobody has confirmed that only words change: ${texts.map(worded).join(', ')}.`,
    todo: 'Somebody other than the person who announced it compares the texts and confirms it here. If they mean something else, withdraw the change.',
  }),
  'upstream-not-effective': ({ effectiveOn }, { day }) => ({
    what: `The sub-processor itself makes the change on ${day(effectiveOn)}.`,
    todo: 'Wait until that day.',
  }),
  'register-changed': ({ differences }) => ({
    what: `The register is no longer what the change took for granted: ${differences.map(({ company }) => company).join(', ')}.`,
    todo: 'The change cannot be activated. Withdraw it, and announce it anew from the register as it is now.',
  }),
  'nobody-to-activate': () => ({
    what: 'No further customer has an approval in effect.',
    todo: 'Wait for approvals. If there are none to wait for, close the change.',
  }),
  'approvals-missing': ({ count }, words) => ({
    what: `${many(count, 'customer has', 'customers have', words)} not approved the change. Silence is not approval.`,
    todo: 'Talk to the customers that are missing. If an approval comes by letter or e-mail, record it. If a customer says no, the change cannot be made for all.',
  }),
  'approvals-not-effective-yet': ({ count, earliestAt }, words) => ({
    what: `${many(count, 'approval is', 'approvals are', words)} not in effect yet${earliestAt === null ? '' : `, the last one at ${words.moment(earliestAt)}`}.`,
    todo:
      earliestAt === null
        ? 'Wait until the receipt has reached the customer.'
        : 'Wait. Until then the customer can say that the approval was not its own.',
  }),
  'authority-unconfirmed': ({ count }, words) => ({
    what: `${many(count, 'approval', 'approvals', words)} that came by letter or e-mail ${count === 1 ? 'is' : 'are'} not confirmed.`,
    todo: 'Somebody other than the person who recorded the approval confirms in the inbox that its signatory can bind the customer.',
  }),
};
