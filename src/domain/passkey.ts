/** The most passkeys of one person. */
export const MAX_PASSKEYS = 20;

/**
 * Why an answer with a passkey is not taken: it was answered before, the passkey is registered already, the person has very many, or
 * it is nobody's who may sign in.
 */
export type PasskeyFault = 'answered' | 'known' | 'limit' | 'unknown';

/** Thrown where a person's answer with a passkey is not taken (D59). Nothing was done. */
export class PasskeyRefused extends Error {
  readonly because: PasskeyFault;

  constructor(because: PasskeyFault) {
    super(`the passkey is not taken: ${because}`);
    this.name = 'PasskeyRefused';
    this.because = because;
  }
}
