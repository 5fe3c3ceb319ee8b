import type { Approval } from '../domain/approval.ts';
import type { ChangeAsAnnounced } from '../domain/change.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { instantInWords } from '../domain/wording.ts';

/** An approval or a refusal as templates see it. `link` is the address of the page behind the message's link. */
export function approvalForTemplate(
  approval: Approval,
  { change, language, link }: { change: ChangeAsAnnounced; language: Language; link: string },
) {
  const { timeZone, approvalEffectiveAfterHours } = change.terms;
  const { name, role, email } = approval.from;
  const page = `${link}/answer/${approval.id}`;
  return {
    number: approval.number,
    decision: approval.decision,
    channel: approval.channel,
    from: [name, role, email].flatMap((part) => (part ? [oneLine(part)] : [])).join(', ') || null,
    statement: approval.statement,
    receivedAt: instantInWords(approval.receivedAt, timeZone, language),
    status: approval.status,
    /** Hours from the first receipt that is accepted to when it takes effect. */
    effectiveAfterHours: approvalEffectiveAfterHours,
    ended: approval.ended && {
      ...approval.ended,
      at: instantInWords(approval.ended.endedAt, timeZone, language),
    },
    page,
    stopLink: `${page}/stop`,
  };
}
