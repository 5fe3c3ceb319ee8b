import { canonicalJson } from './canonical-json.ts';
import type { ChangeContent } from './change.ts';

/** Names what is hashed, and how. Other fields, or another order of them, need another name. */
const FORMAT = 'varsel/change-content/2';

/**
 * The SHA-256, in hexadecimal digits, of what would go out (D34): the announcement, its regime, and what of its product stands
 * in the mail. The same of an announcement before it is made, and of the change on record. It covers no id, no time, no number
 * of controllers and no template. `farDate` only lets a day through and
 * `holdMinutes` only says when it goes out: neither is covered.
 */
export async function contentHash(content: Omit<ChangeContent, 'stricter'>): Promise<string> {
  const { product, kind, replaces, amends, removes, entries, children, subProcessor, wordingOnly, supersedes } =
    content;
  const { scope, separation, upstream, reason, plannedActivationOn, regime, effects, elements } = content;
  const { productName, processor, objectionAddress, terms } = content;
  const whatIsAnnounced = { product, kind, replaces, amends, removes, entries, children, subProcessor, wordingOnly };
  const text = canonicalJson({
    format: FORMAT,
    announcement: { ...whatIsAnnounced, supersedes, scope, separation, upstream, reason, plannedActivationOn },
    regime,
    effects,
    elements,
    announcer: { productName, processor, objectionAddress, terms },
  });
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))).toHex();
}
