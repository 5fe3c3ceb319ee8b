import { createPrivateKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** In PEM. */
  readonly privateKey: string;
}

/** Makes the field that stands on top of a signed message (RFC 6376). */
export interface DkimSigner {
  /** The DKIM-Signature of a finished message, with its line end. */
  signatureOf(message: string): Promise<string>;
}

/**
 * A signer for our own domain, needed only where no relay signs: a signature by RSA of 2048 bits costs more than all other
 * work on a message. Throws for a key that is not a private RSA key.
 */
export function dkimSigner({ domain, selector, privateKey }: DkimSettings): DkimSigner {
  const { asymmetricKeyType } = createPrivateKey(privateKey);
  if (asymmetricKeyType !== 'rsa') throw new Error(`expected an RSA key, found ${asymmetricKeyType}`);
  const dkim = new DKIM({ domainName: domain, keySelector: selector, privateKey });
  return {
    async signatureOf(message) {
      const signed = await text(dkim.sign(Buffer.from(message)));
      if (!signed.endsWith(message)) throw new Error('DKIM altered the message that it signed');
      return signed.slice(0, -message.length);
    },
  };
}
