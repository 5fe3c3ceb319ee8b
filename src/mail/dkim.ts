import { createPrivateKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** In PEM. */
  readonly privateKey: string;
}

/** Adds a DKIM-Signature (RFC 6376) to the top of a finished message. */
export interface DkimSigner {
  sign(message: string): Promise<string>;
}

/**
 * A signer for our own domain, needed only where no relay signs: a signature by RSA of 2048 bits costs more than all other
 * work on a message. Throws for a key that is not a private RSA key.
 */
export function dkimSigner({ domain, selector, privateKey }: DkimSettings): DkimSigner {
  const { asymmetricKeyType } = createPrivateKey(privateKey);
  if (asymmetricKeyType !== 'rsa') throw new Error(`expected an RSA key, found ${asymmetricKeyType}`);
  const dkim = new DKIM({ domainName: domain, keySelector: selector, privateKey });
  return { sign: (message) => text(dkim.sign(Buffer.from(message))) };
}
