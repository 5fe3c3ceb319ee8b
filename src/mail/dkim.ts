import { createPrivateKey } from 'node:crypto';
import { text } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';

export interface DkimSettings {
  readonly domain: string;
  readonly selector: string;
  /** PEM. */
  readonly privateKey: string;
}

/** Puts a DKIM-Signature (RFC 6376) before a finished message. */
export interface DkimSigner {
  sign(message: string): Promise<string>;
}

/**
 * A signer for our own domain. Where a relay signs it is not needed, and RSA of 2048 bits costs more than all else that is
 * done for a message. Throws for a key that cannot sign.
 */
export function dkimSigner({ domain, selector, privateKey }: DkimSettings): DkimSigner {
  const { asymmetricKeyType } = createPrivateKey(privateKey);
  if (asymmetricKeyType !== 'rsa') throw new Error(`expected an RSA key, found ${asymmetricKeyType}`);
  const dkim = new DKIM({ domainName: domain, keySelector: selector, privateKey });
  return { sign: (message) => text(dkim.sign(Buffer.from(message))) };
}
