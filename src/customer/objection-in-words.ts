import type { Objection } from '../domain/objection.ts';
import { oneLine, type Language } from '../domain/text.ts';
import { instantInWords } from '../domain/wording.ts';
import type { LinkPaths } from './customer-link.ts';
import { textsIn } from './texts.ts';

/** How much of a text the list shows, in UTF-16 code units. The receipt shows all of it. */
const EXCERPT_LENGTH = 600;

/** An objection or a rejected attempt in the words of a page. */
export interface ObjectionInWords {
  readonly number: number;
  readonly status: Objection['status'];
  readonly statusName: string;
  /** Why it was rejected, or how it was resolved. */
  readonly because: string | null;
  readonly received: string;
  readonly channel: string;
  readonly sender: string;
  readonly reasons: string | null;
  /** The beginning of long reasons; `null` if they are short enough to show in full. */
  readonly excerpt: string | null;
  readonly resolution: { readonly at: string; readonly explanation: string | null } | null;
  readonly receiptPath: string;
  /** The address of the withdrawal; `null` unless the objection is pending and none waits. */
  readonly withdrawalPath: string | null;
  /** The address at which a withdrawal that waits can be stopped; otherwise `null`. */
  readonly keepPath: string | null;
}

/** The objection in words, with its times in the change's time zone. */
export function objectionInWords(
  objection: Objection,
  { language, timeZone, paths }: { language: Language; timeZone: string; paths: LinkPaths },
): ObjectionInWords {
  const { objections: t } = textsIn(language);
  const { reasons, from } = objection;
  const resolution = objection.status === 'resolved' ? objection.resolution : null;
  const isWaiting = objection.withdrawal?.status === 'waiting';
  const rejectedFor = objection.status === 'rejected' ? objection.rejectedFor : null;
  return {
    number: objection.number,
    status: objection.status,
    statusName: t.statuses[objection.status],
    because: resolution
      ? t.outcome[resolution.outcome]
      : isWaiting
        ? t.withdrawing
        : rejectedFor && t.rejectedFor[rejectedFor],
    received: instantInWords(objection.receivedAt, timeZone, language),
    channel: t.channel[objection.channel],
    sender: [from.name && oneLine(from.name), from.email].filter((part) => part !== null).join(', '),
    reasons,
    excerpt: reasons === null ? null : excerptOf(reasons),
    resolution: resolution && {
      at: instantInWords(resolution.resolvedAt, timeZone, language),
      explanation: resolution.explanation,
    },
    receiptPath: paths.receipt(objection.id),
    withdrawalPath: objection.status === 'pending' && !isWaiting ? paths.withdrawal(objection.id) : null,
    keepPath: isWaiting ? paths.keep(objection.id) : null,
  };
}

function excerptOf(text: string): string | null {
  if (text.length <= EXCERPT_LENGTH) return null;
  // Cuts between code points, not inside a surrogate pair.
  return `${text.slice(0, EXCERPT_LENGTH).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
