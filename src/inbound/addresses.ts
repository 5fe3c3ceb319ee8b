import { domainToASCII } from 'node:url';
import type { Addressee } from '../domain/inbound-mail.ts';
import type { InboundTags } from '../security/inbound-tags.ts';

/** The addresses that mail about one message comes back to. */
export interface ReturnAddresses {
  /** The envelope sender, to which mail systems report. */
  readonly returnPath: string;
  /** The `Reply-To`, to which people write. */
  readonly replyTo: string;
}

/** Whom an address that takes mail is for. `sentTo` is the address as the mail system wrote it. */
export type Recipient = Addressee & { readonly sentTo: string };

/** Makes and reads the addresses that mail comes back to. */
export interface InboundAddresses {
  readonly of: (messageId: string) => ReturnAddresses;
  /**
   * Whom an address is for, or `null` for one that nobody has. A message's address is known by its tag, also where a relay on
   * the way put SRS or BATV before it; another one has to be listed, where capitals, punycode and `+anything` make no
   * difference.
   */
  recipientOf(address: string): Recipient | null;
}

/** The end of a local part that carries a tag. A relay puts its own before it: `prvs=0123456789=` (BATV), `SRS0=…=`. */
const TAGGED = /(?:^|=)(?:bounce|reply)\+([a-z2-7]+)$/i;
/** The domain that SRS takes into the local part, for it changes the one after the @: `SRS0=hash=day=domain=local@relay`. */
const FORWARDED = /^SRS[01][=+-].*=([^=]+)=[^=]+$/i;

/** `listed` are further addresses, without tags. */
export function inboundAddresses(domain: string, tags: InboundTags, listed: readonly string[] = []): InboundAddresses {
  return {
    of(messageId) {
      const tag = tags.tagOf(messageId);
      return { returnPath: `bounce+${tag}@${domain}`, replyTo: `reply+${tag}@${domain}` };
    },
    recipientOf(sentTo) {
      const { local, domain: at } = partsOf(sentTo);
      const tag = TAGGED.exec(local)?.[1];
      const isOurs = isSameDomain(at, domain) || isSameDomain(FORWARDED.exec(local)?.[1] ?? '', domain);
      const messageId = tag !== undefined && isOurs ? tags.messageIdOf(tag) : null;
      if (messageId !== null) return { kind: 'message', sentTo, messageId };
      return listed.some((each) => isSameMailbox(sentTo, each)) ? { kind: 'untagged', sentTo } : null;
    },
  };
}

function partsOf(address: string): { local: string; domain: string } {
  const at = address.lastIndexOf('@');
  return { local: address.slice(0, Math.max(at, 0)), domain: address.slice(at + 1) };
}

/** Compares as ASCII, because the SMTP server decodes punycode. Nothing is the same as what is no domain. */
function isSameDomain(one: string, other: string): boolean {
  const ascii = domainToASCII(one);
  return ascii !== '' && ascii === domainToASCII(other);
}

/** Whether mail to `address` comes to the mailbox `listed`: also with `+anything` before the @. */
function isSameMailbox(address: string, listed: string): boolean {
  const [one, other] = [partsOf(address), partsOf(listed)];
  const [local, mailbox] = [one.local.toLowerCase(), other.local.toLowerCase()];
  return (local === mailbox || local.startsWith(`${mailbox}+`)) && isSameDomain(one.domain, other.domain);
}
