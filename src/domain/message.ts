/** What is written to contacts. */
export const MESSAGE_KINDS = [
  'notice',
  'reminder',
  'deadline-moved',
  'objection-received',
  'objection-rejected',
  'objection-resolved',
  'change-activated',
  'change-withdrawn',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];

/** Messages that tell a deadline: it is never taken back (D11), and they are pointless once their change has ended (D24). */
export function tellsDeadline(kind: MessageKind): boolean {
  return kind === 'notice' || kind === 'reminder' || kind === 'deadline-moved';
}

/**
 * What became of one attempt to hand a message over.
 * - `accepted`: the receiving mail system took it.
 * - `retry`: this recipient, later. `failed`: this recipient, for good.
 * - `deferred`: our side is at fault; the recipient is charged no attempt.
 * - `unknown`: the reply was lost after the content was sent; it may have arrived.
 */
export type DeliveryOutcome = 'accepted' | 'retry' | 'failed' | 'deferred' | 'unknown';
