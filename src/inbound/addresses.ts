import { domainToASCII } from 'node:url';
import type { InboundTags } from '../security/inbound-tags.ts';

/** The addresses that mail about one message comes back to. */
export interface ReturnAddresses {
  /** The envelope sender, to which mail systems report. */
  readonly returnPath: string;
  /** The `Reply-To`, to which people write. */
  readonly replyTo: string;
}

/** Makes and reads the addresses under one domain whose local part carries a message's tag. */
export interface InboundAddresses {
  readonly of: (messageId: string) => ReturnAddresses;
  /** The id of the message that an address was made for, or `null` for any other address. */
  messageIdOf(address: string): string | null;
}

const LOCAL_PART = /^(?:bounce|reply)\+([a-z2-7]+)$/i;

export function inboundAddresses(domain: string, tags: InboundTags): InboundAddresses {
  return {
    of(messageId) {
      const tag = tags.tagOf(messageId);
      return { returnPath: `bounce+${tag}@${domain}`, replyTo: `reply+${tag}@${domain}` };
    },
    messageIdOf(address) {
      const at = address.lastIndexOf('@');
      // The SMTP server decodes punycode domains, so both sides are compared as ASCII.
      if (domainToASCII(address.slice(at + 1)) !== domainToASCII(domain)) return null;
      const tag = LOCAL_PART.exec(address.slice(0, Math.max(at, 0)))?.[1];
      return tag === undefined ? null : tags.messageIdOf(tag);
    },
  };
}
