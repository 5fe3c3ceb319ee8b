import type { RecipientReport, ReportedAction } from '../domain/delivery-report.ts';

/** The actions of RFC 3464, and the words that mail systems write instead. */
const ACTIONS: ReadonlyMap<string, ReportedAction> = new Map([
  ...['failed', 'failure', 'fail', 'error', 'expired', 'rejected', 'bounced', 'undeliverable', 'undelivered'].map(
    (word) => [word, 'failed'] as const,
  ),
  ...['delayed', 'delay', 'deferred', 'warning'].map((word) => [word, 'delayed'] as const),
  ['delivered', 'delivered'],
  ['relayed', 'relayed'],
  ['expanded', 'expanded'],
]);

/** An enhanced status code, and no part of an address like 192.5.1.1. */
const STATUS = /(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?!\.?\d)/;
const ADDRESS = /[^\s<>()"',;:]{1,256}@[^\s<>()"',;:]{1,256}/;
/** The fold of a long field. An indented field of its own is none. */
const FOLDED =
  /\n[ \t]+(?=\S)(?!(?:final-recipient|original-recipient|action|status|diagnostic-code|x-actual-recipient)\s*:)/gi;
const LONGEST_REASON = 1_000;
/** Far more than a message has recipients. */
const MAX_GROUPS = 1_000;

/** The enhanced status code in a text, like `5.1.1`; `null` where none is given. */
export function statusIn(text: string | undefined): string | null {
  return STATUS.exec(text ?? '')?.[1] ?? null;
}

/**
 * The recipients in the fields of RFC 3464, whether they stand in a part of their own or among the words of a text. A group of
 * fields that names no recipient, or says of it nothing that is known, is left out. `diagnostic` is `null` where there is no
 * `Diagnostic-Code`.
 */
export function recipientsInFields(text: string): RecipientReport[] {
  return groupsOf(text).flatMap((fields) => {
    const original = addressIn(fields.get('original-recipient'));
    // Sendmail names the address as it came in `Final-Recipient`, and where an alias led in this one.
    const actual = addressIn(fields.get('x-actual-recipient'));
    const named = addressIn(fields.get('final-recipient'));
    const final = actual?.includes('@') === true ? actual : named;
    const recipients = [...new Set([original, named, final].filter((address) => address !== null))];
    const diagnostic = withoutType(fields.get('diagnostic-code'));
    const status = statusIn(fields.get('status')) ?? statusIn(diagnostic ?? '');
    const action = actionOf(fields.get('action'), status);
    if (action === null || recipients.length === 0) return [];
    const originalRecipient = original ?? (final === named ? null : named);
    return [{ action, status, diagnostic, recipients, originalRecipient, finalRecipient: final }];
  });
}

/** What the fields of a disposition notification (RFC 8098) say. */
export function recipientAndDisposition(text: string): {
  recipient: string | null;
  original: string | null;
  disposition: string;
  error: string | null;
} {
  const fields = new Map(groupsOf(text).flatMap((group) => [...group]));
  return {
    recipient: addressIn(fields.get('final-recipient')),
    original: addressIn(fields.get('original-recipient')),
    disposition: fields.get('disposition') ?? '',
    error: withoutType(fields.get('error') ?? fields.get('failure')),
  };
}

/** What `Action` says. A report without that field can have a status, of which only 5.x.x is final by itself. */
function actionOf(value: string | undefined, status: string | null): ReportedAction | null {
  const word = /^[a-z]+/.exec(value?.toLowerCase() ?? '')?.[0];
  if (word !== undefined) return ACTIONS.get(word) ?? null;
  return status?.startsWith('5') === true ? 'failed' : null;
}

/** The groups of fields. A group ends at an empty line, and where a field of a recipient is repeated. */
function groupsOf(text: string): Map<string, string>[] {
  const groups: Map<string, string>[] = [new Map()];
  for (const line of text.replaceAll(FOLDED, ' ').split('\n')) {
    const [, name, value] = /^([A-Za-z][A-Za-z-]{0,60})\s*:(.*)$/.exec(line.trim()) ?? [];
    const group = groups.at(-1) ?? new Map<string, string>();
    if (name === undefined || value === undefined) {
      if (line.trim() === '' && group.size > 0) groups.push(new Map());
    } else if (/^(?:action|final-recipient)$/i.test(name) && group.has(name.toLowerCase())) {
      groups.push(new Map([[name.toLowerCase(), value.trim()]]));
    } else if (!group.has(name.toLowerCase())) {
      group.set(name.toLowerCase(), value.trim());
    }
    if (groups.length > MAX_GROUPS) break;
  }
  return groups;
}

/** A field's value without its type: `dpo@kunde.example` of `rfc822; dpo@kunde.example`. */
function withoutType(value: string | undefined): string | null {
  return (
    value
      ?.replace(/^[\w-]{1,60}\s*;\s*/, '')
      .slice(0, LONGEST_REASON)
      .trim() || null
  );
}

function addressIn(value: string | undefined): string | null {
  const untyped = withoutType(value);
  if (untyped === null) return null;
  return ADDRESS.exec(untyped)?.[0] ?? (untyped.replace(/^<(.*)>$/, '$1').trim() || null);
}
