import { describe, expect, test } from 'vitest';
import { hashOfChallenge, passkeyChallenges } from '../../src/security/passkey-challenges.ts';
import {
  creationOptions,
  credentialIn,
  madePasskey,
  NotVerified,
  relyingPartyAt,
  requestOptions,
  usedPasskey,
} from '../../src/security/passkeys.ts';
import { Authenticator, type Misdeeds } from '../support/authenticator.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00Z');
const ORIGIN = 'https://varsel.telenor.example';
const PERSON = '01890000-0000-7000-8000-000000000001';
const party = relyingPartyAt(`${ORIGIN}/somewhere`);
const challenges = passkeyChallenges('a secret of the tests, which nobody can guess');

const isGood =
  (purpose: string, at = NOW) =>
  (challenge: string) =>
    challenges.isGood(challenge, purpose, at);
const person = { personId: PERSON, name: 'Mette Holm', email: 'mette@telenor.example', has: [] };

async function register(authenticator: Authenticator, misdeeds?: Misdeeds) {
  const options = await creationOptions(party, person, challenges.make('register', NOW));
  return madePasskey(authenticator.create(options, misdeeds), party, isGood('register'));
}

async function aPasskey(counter = 0) {
  const authenticator = new Authenticator(ORIGIN);
  const { key } = await register(authenticator, { counter });
  return { authenticator, stored: { ...key, personId: PERSON } };
}

describe('A challenge', () => {
  const made = challenges.make('sign-in', NOW);

  test('is good for its purpose for five minutes, and no other is', () => {
    const later = (seconds: number) => NOW.add({ seconds });
    expect(challenges.isGood(made, 'sign-in', later(299))).toBe(true);
    expect(challenges.isGood(made, 'sign-in', later(300))).toBe(false);
    expect(challenges.isGood(made, `confirm ${PERSON}`, NOW)).toBe(false);
    expect(challenges.make('sign-in', NOW)).not.toBe(made);
    expect(passkeyChallenges('another secret').isGood(made, 'sign-in', NOW)).toBe(false);
  });

  test('that anybody has altered, or spelt otherwise, is none', () => {
    const bytes = Buffer.from(made, 'base64url');
    for (let at = 0; at < bytes.length; at += 1) {
      const altered = Buffer.from(bytes);
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(challenges.isGood(altered.toString('base64url'), 'sign-in', NOW), `byte ${at}`).toBe(false);
    }
    for (const other of ['', 'x', `${made}A`, `${made}=`, made.slice(0, -1), bytes.toString('base64')])
      expect(challenges.isGood(other, 'sign-in', NOW), other).toBe(false);
  });

  test('is known by its hash until it is good no more', () => {
    expect(hashOfChallenge(made).goodUntil.toString()).toBe('2026-03-02T09:05:00Z');
    expect(hashOfChallenge(made).hash).not.toEqual(hashOfChallenge(challenges.make('sign-in', NOW)).hash);
  });
});

describe('What a browser is asked for', () => {
  test('is a passkey that finds its person by itself and verifies them, at this address', async () => {
    const { stored } = await aPasskey();
    const challenge = challenges.make('register', NOW);
    const options = await creationOptions(party, { ...person, has: [stored] }, challenge);
    expect(options).toMatchObject({
      rp: { id: 'varsel.telenor.example' },
      challenge,
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [{ id: stored.credentialId.toString('base64url'), transports: ['internal'] }],
    });
    expect(JSON.stringify(options.user.id)).not.toContain('mette');
  });

  test('is to sign with any passkey of ours, or with one of these', async () => {
    const { stored } = await aPasskey();
    const challenge = challenges.make('sign-in', NOW);
    expect(await requestOptions(party, challenge)).toMatchObject({
      rpId: 'varsel.telenor.example',
      challenge,
      allowCredentials: [],
      userVerification: 'required',
    });
    const { allowCredentials } = await requestOptions(party, challenge, [stored]);
    expect(allowCredentials).toMatchObject([{ id: stored.credentialId.toString('base64url') }]);
  });
});

/** What a browser or an authenticator must not do, whether a passkey is made or used. */
const MISDEEDS: Record<string, Misdeeds> = {
  'at another address': { origin: 'https://varsel.telenor.example.evil.example' },
  'at this name without TLS': { origin: 'http://varsel.telenor.example' },
  'for another relying party': { rpId: 'evil.example' },
  'for the challenge of another purpose': { challenge: challenges.make('another purpose', NOW) },
  'for a challenge that is not ours': { challenge: Buffer.alloc(38).toString('base64url') },
  'for a challenge of five minutes ago': { challenge: challenges.make('sign-in', NOW.subtract({ minutes: 5 })) },
  'by who has not been verified': { isUnverified: true },
  'of another kind': { type: 'payment.get' },
};

describe('A passkey is registered', () => {
  test('with what verifies it, and how it is reached', async () => {
    const made = await register(new Authenticator(ORIGIN), { counter: 7 });
    expect(made).toMatchObject({ isSynced: true, key: { counter: 7, transports: ['internal'] } });
    expect(challenges.isGood(made.challenge, 'register', NOW)).toBe(true);
  });

  test.each(Object.entries(MISDEEDS))('but not %s', async (_what, misdeeds) => {
    await expect(register(new Authenticator(ORIGIN), misdeeds)).rejects.toThrow(NotVerified);
  });
});

describe('A passkey signs in', () => {
  const sign = async (
    { authenticator, stored }: Awaited<ReturnType<typeof aPasskey>>,
    misdeeds?: Misdeeds,
    by = stored,
  ) => {
    const text = authenticator.get(await requestOptions(party, challenges.make('sign-in', NOW)), misdeeds);
    expect(credentialIn(text)).toEqual(stored.credentialId);
    return usedPasskey(text, by, party, isGood('sign-in'));
  };

  test('and says how often it has', async () => {
    const { challenge, counter } = await sign(await aPasskey(3), { counter: 4 });
    expect(counter).toBe(4);
    expect(challenges.isGood(challenge, 'sign-in', NOW)).toBe(true);
    expect(await sign(await aPasskey())).toMatchObject({ counter: 0 });
  });

  test.each(
    Object.entries({
      ...MISDEEDS,
      'with another key': { isForged: true },
      'for another person': { userHandle: Buffer.alloc(16).toString('base64url') },
    }),
  )('but not %s', async (_what, misdeeds) => {
    const passkey = await aPasskey();
    await expect(sign(passkey, misdeeds)).rejects.toThrow(NotVerified);
    await expect(sign(passkey)).resolves.toMatchObject({ counter: 0 });
  });

  test.each([
    ['that counts as before', 3],
    ['that counts backwards, as a copy would', 2],
    ['that counts no more', 0],
  ])('but not one %s', async (_what, counter) => {
    await expect(sign(await aPasskey(3), { counter })).rejects.toThrow(NotVerified);
  });

  test('but not by another passkey of the same person', async () => {
    const [one, other] = [await aPasskey(), await aPasskey()];
    await expect(sign(one, {}, { ...other.stored })).rejects.toThrow(NotVerified);
  });

  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '{}',
    '{"id":"x"}',
    '{"id":"a b","response":{}}',
    `{"id":"${'a'.repeat(1401)}","response":{}}`,
  ])('but not %s', async (text) => {
    const { stored } = await aPasskey();
    expect(() => credentialIn(text)).toThrow(NotVerified);
    await expect(usedPasskey(text, stored, party, isGood('sign-in'))).rejects.toThrow(NotVerified);
    await expect(madePasskey(text, party, isGood('register'))).rejects.toThrow(NotVerified);
  });

  test.each(['{"id":"x","response":{}}', '{"id":"x","rawId":"x","type":"public-key","response":{"clientDataJSON":1}}'])(
    'but not %s, which has a passkey and no signature',
    async (text) => {
      const { stored } = await aPasskey();
      await expect(usedPasskey(text, stored, party, isGood('sign-in'))).rejects.toThrow(NotVerified);
      await expect(madePasskey(text, party, isGood('register'))).rejects.toThrow(NotVerified);
    },
  );
});
