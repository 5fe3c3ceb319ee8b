import { domainToASCII } from 'node:url';
import type { InboundTags } from '../security/inbound-tags.ts';

/** Where mail about a message comes back to. */
export interface ReturnAddresses {
  /** The envelope sender: what mail systems report to. */
  readonly returnPath: string;
  /** Where people write to. */
  readonly replyTo: string;
}

/** The addresses under one domain whose local part carries a message's tag. */
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
      // The SMTP server writes domains of other letters than ASCII out.
      if (domainToASCII(address.slice(at + 1)) !== domainToASCII(domain)) return null;
      const tag = LOCAL_PART.exec(address.slice(0, Math.max(at, 0)))?.[1];
      return tag === undefined ? null : tags.messageIdOf(tag);
    },
  };
}
