/** What is written to contacts. */
export const MESSAGE_KINDS = [
  'notice',
  'objection-received',
  'objection-rejected',
  'objection-resolved',
  'change-withdrawn',
] as const;
export type MessageKind = (typeof MESSAGE_KINDS)[number];
