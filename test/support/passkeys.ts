import type { CDPSession, Page } from 'playwright-core';
import { inTransaction } from '../../src/db/postgres.ts';
import { insertSignInLink, type LinkPurpose } from '../../src/db/sign-in-links.ts';
import { hashSecret, newSecret } from '../../src/security/sessions.ts';
import type { TestVarsel } from './varsel.ts';

/** An authenticator of this browser, as the person before it uses it. */
export interface VirtualAuthenticator {
  /** Whether the person proves themselves: the finger fits, or the PIN is right. */
  personIs(verified: boolean): Promise<void>;
  /** Takes it away: the phone is in another room. */
  goes(): Promise<void>;
}

/** Gives the pages of a window an authenticator that holds passkeys, verifies the person and asks nobody (CDP's WebAuthn). */
export async function withAuthenticator(page: Page): Promise<VirtualAuthenticator> {
  const cdp: CDPSession = await page.context().newCDPSession(page);
  await cdp.send('WebAuthn.enable');
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    personIs: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
    },
    goes: async () => {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId });
      await cdp.detach();
    },
  };
}

/** The path of a new one-time link of this person, and the mail or the terminal that would carry it left out. */
export async function linkFor(
  { clock, database }: Pick<TestVarsel, 'clock' | 'database'>,
  { id: personId }: { readonly id: string },
  purpose: LinkPurpose = 'invitation',
): Promise<string> {
  const secret = newSecret();
  const at = clock.now();
  const link = { personId, hash: hashSecret(secret), purpose, at, actor: 'test', expiresAt: at.add({ hours: 24 }) };
  await inTransaction(database.pool, (tx) => insertSignInLink(tx, link));
  return `/console/sign-in/${secret}`;
}
