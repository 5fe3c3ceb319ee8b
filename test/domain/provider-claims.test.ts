import { describe, expect, test } from 'vitest';
import {
  FRESH_FACTORS,
  judgeClaims,
  OLDEST_FACTORS,
  type ProviderTerms,
  type VerifiedClaims,
} from '../../src/domain/provider-claims.ts';

const NOW = Temporal.Instant.from('2026-03-02T09:00:00Z');
/** Of the provider, whose clock is another than ours. */
const ISSUED = 1_800_000_000;

const TERMS: ProviderTerms = {
  acr: [],
  acrs: [],
  rolesClaim: 'groups',
  roles: [
    { value: 'jura', role: 'officer', product: 'truetalk' },
    { value: 'jura', role: 'reader', product: null },
    { value: 'drift', role: 'admin', product: null },
    { value: 'it', role: 'admin', product: null },
  ],
};

const CLAIMS: VerifiedClaims = {
  iss: 'https://login.telenor.example',
  sub: 'a-1',
  iat: ISSUED,
  auth_time: ISSUED - 30,
  amr: ['pwd', 'mfa'],
  email: 'signe@telenor.example',
  email_verified: true,
  name: 'Signe Lund',
  groups: ['jura', 'kantine'],
};

const judge = (
  claims: Readonly<Record<string, unknown>> = {},
  terms: Partial<ProviderTerms> = {},
  oldest = OLDEST_FACTORS,
) => judgeClaims({ ...CLAIMS, ...claims }, { terms: { ...TERMS, ...terms }, oldest, now: NOW });

/** The person of a verdict. Fails where there is none. */
function personOf(...given: Parameters<typeof judge>) {
  const verdict = judge(...given);
  if (!verdict.proven) throw new Error(`not proven: ${verdict.because}, found ${verdict.found}`);
  return verdict.person;
}

/** What is not proven; `null` where everything is. */
function lackOf(...given: Parameters<typeof judge>): string | null {
  const verdict = judge(...given);
  return verdict.proven ? null : verdict.because;
}

test('Who has proven two factors is who the provider says, with the roles that its groups stand for (D58)', () => {
  const { factorsAt, ...person } = personOf();
  expect(factorsAt.toString()).toBe('2026-03-02T08:59:30Z');
  expect(person).toEqual({
    issuer: 'https://login.telenor.example',
    subject: 'a-1',
    name: 'Signe Lund',
    email: 'signe@telenor.example',
    isEmailVerified: true,
    grants: [
      { role: 'officer', product: 'truetalk' },
      { role: 'reader', product: null },
    ],
  });
});

describe('Two factors are proven by', () => {
  test.each([
    ['amr with mfa', {}, {}],
    ['amr as a text', { amr: 'mfa' }, {}],
    ['an acr that is configured', { acr: 'gold', amr: undefined }, { acr: ['silver', 'gold'] }],
    ['an acrs of Entra ID that is configured', { acrs: ['c1', 'p1'], amr: undefined }, { acrs: ['c1'] }],
    ['either, where both are configured', { acr: '0', acrs: ['c1'] }, { acr: ['gold'], acrs: ['c1'] }],
  ])('%s', (_, claims, terms) => {
    expect(lackOf(claims, terms)).toBeNull();
  });
});

describe('Two factors are not proven by', () => {
  test.each([
    ['nothing', { amr: undefined }, {}, 'amr=–'],
    ['one factor', { amr: ['pwd'] }, {}, 'amr=["pwd"]'],
    ['two that nobody calls two factors', { amr: ['pwd', 'otp'] }, {}, 'amr=["pwd","otp"]'],
    ['a word that contains it', { amr: ['nomfa', 'MFA'] }, {}, 'amr=["nomfa","MFA"]'],
    ['a list in a list', { amr: [['mfa']] }, {}, 'amr=[["mfa"]]'],
    ['an object', { amr: { mfa: true } }, {}, 'amr={"mfa":true}'],
    ['amr, where an acr is configured', {}, { acr: ['gold'] }, 'acr=–'],
    ['another acr', { acr: 'goldfish' }, { acr: ['gold'] }, 'acr=goldfish'],
    ['an acr that is configured for acrs', { acr: 'c1' }, { acrs: ['c1'] }, 'acrs=–'],
    ['an acr that Object has', { acr: 'toString' }, { acr: ['gold'] }, 'acr=toString'],
  ])('%s', (_, claims, terms, found) => {
    expect(judge(claims, terms)).toEqual({ proven: false, because: 'two-factors', found });
  });
});

describe('When the factors were given', () => {
  test('is told by the provider’s own clock, and kept by ours', () => {
    expect(personOf({ auth_time: ISSUED - 3_600 }).factorsAt.toString()).toBe('2026-03-02T08:00:00Z');
    expect(personOf({ auth_time: ISSUED - 0.4 }).factorsAt.toString()).toBe('2026-03-02T08:59:59Z');
  });

  test('may be a moment after the token, where two servers of the provider differ, and counts as now', () => {
    expect(personOf({ auth_time: ISSUED + 60 }).factorsAt).toEqual(NOW);
    expect(lackOf({ auth_time: ISSUED + 61 })).toBe('authentication-time');
  });

  test.each([undefined, null, '1800000000', Number.NaN, Number.POSITIVE_INFINITY, [ISSUED]])(
    'must be a number of seconds: %s',
    (authTime) => {
      expect(lackOf({ auth_time: authTime })).toBe('authentication-time');
    },
  );

  test('may lie back a session at most, and for what cannot be undone 15 minutes', () => {
    const ago = (seconds: number, oldest: Temporal.Duration) => lackOf({ auth_time: ISSUED - seconds }, {}, oldest);
    expect(ago(8 * 3_600 + 60, OLDEST_FACTORS)).toBeNull();
    expect(ago(8 * 3_600 + 61, OLDEST_FACTORS)).toBe('fresh-factors');
    expect(ago(15 * 60 + 60, FRESH_FACTORS)).toBeNull();
    expect(ago(15 * 60 + 61, FRESH_FACTORS)).toBe('fresh-factors');
  });
});

describe('Roles', () => {
  test('are none without a value that stands for one, and none by default', () => {
    for (const groups of [undefined, [], ['kantine'], 'JURA', { jura: true }, [['jura']], 7]) {
      expect(personOf({ groups }).grants).toEqual([]);
    }
    expect(personOf({}, { rolesClaim: null, roles: [] }).grants).toEqual([]);
  });

  test('come from a text too, and each once', () => {
    expect(personOf({ groups: 'drift' }).grants).toEqual([{ role: 'admin', product: null }]);
    expect(personOf({ groups: ['drift', 'it', 'it'] }).grants).toEqual([{ role: 'admin', product: null }]);
  });

  test('that the provider left out because they are too many are no reason to take them away', () => {
    const left = { groups: undefined, _claim_names: { groups: 'src1' } };
    expect(judge(left)).toEqual({ proven: false, because: 'roles', found: 'groups=– _claim_names={"groups":"src1"}' });
    expect(lackOf({ groups: undefined, _claim_names: { other: 'src1' } })).toBeNull();
  });
});

describe('The person', () => {
  test.each([undefined, '', 'signe', 'a@b', 'signe@telenor.example\nBcc: x@y.example', ['signe@telenor.example']])(
    'must have an address: %j',
    (email) => {
      expect(lackOf({ email })).toBe('email');
    },
  );

  test('has an address that is verified only where the provider says so', () => {
    expect(personOf({ email_verified: undefined }).isEmailVerified).toBe(false);
    expect(personOf({ email_verified: 'true' }).isEmailVerified).toBe(false);
    expect(personOf({ email_verified: false, xms_edov: true }).isEmailVerified).toBe(true);
    expect(personOf({ email_verified: undefined, xms_edov: '1' }).isEmailVerified).toBe(true);
    expect(personOf({ email_verified: undefined, xms_edov: 0 }).isEmailVerified).toBe(false);
  });

  test('has a name on one line that turns no sentence around, else its parts, else the address', () => {
    expect(personOf({ name: ' Signe\r\n\u202ELund\u0000 ' }).name).toBe('Signe Lund\uFFFD');
    expect(personOf({ name: 'x'.repeat(500) }).name).toHaveLength(200);
    expect(personOf({ name: ' ', given_name: 'Signe', family_name: 'Lund' }).name).toBe('Signe Lund');
    expect(personOf({ name: { first: 'Signe' } }).name).toBe('signe@telenor.example');
  });
});
