import { afterAll, beforeAll, expect, test } from 'vitest';
import { aController, anAnnouncement, aProduct, aSubProcessor } from '../support/examples.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

let varsel: TestVarsel;
beforeAll(async () => {
  varsel = await startVarsel();
});
afterAll(() => varsel.close());

const UNKNOWN_ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const transferBasis = { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } as const;
const company = aSubProcessor(90, { locations: [{ country: 'US', transferBasis }] });
const { id: _id, ...product } = aProduct();
const { externalId: _externalId, ...controller } = aController(90);
const announcement = anAnnouncement({ subProcessor: company });
const reader = { email: 'eva@telenor.example', name: 'Eva Lund', language: 'da' };

/** What has words that are mailed, and its fields that are none: addresses of mail, ids, days, numbers and words of a list. */
const BODIES = [
  ['post', '/v1/changes', announcement],
  ['post', '/v1/changes/preview', announcement],
  ['post', '/v1/changes/preview/notice', { announcement, to: reader }],
  ['put', '/v1/products/hidden', { ...product, reason: 'En ny aftale' }],
  ['put', '/v1/products/hidden/register', { entries: [company] }],
  ['put', '/v1/controllers/kunde-90', controller],
  [
    'post',
    `/v1/changes/${UNKNOWN_ID}/objections`,
    {
      controller: 'kunde-90',
      reasons: null,
      channel: 'email',
      receivedAt: '2026-03-01T09:00:00Z',
      from: { name: 'Eva' },
    },
  ],
  ['post', `/v1/changes/${UNKNOWN_ID}/withdraw`, { reason: { da: 'En fejl', en: 'A mistake' } }],
  ['post', `/v1/objections/${UNKNOWN_ID}/resolve`, { outcome: 'invalid', explanation: 'En kopi' }],
] as const;
const NO_WORDS =
  /(^|\.)(product|kind|scope|country|email|language|timeZone|article|controller|channel|receivedAt|outcome|decidedAt|plannedActivationOn|products\.0)$/;

/** The paths of the texts in a body. */
function textsIn(value: unknown, at: readonly string[] = []): string[][] {
  if (typeof value === 'string') return NO_WORDS.test(at.join('.')) ? [] : [[...at]];
  if (typeof value !== 'object' || value === null || value instanceof Temporal.PlainDate) return [];
  return Object.entries(value).flatMap(([key, child]) => textsIn(child, [...at, key]));
}

/** The body with U+202E behind the first character of the text at a path. */
function turnedAt(value: unknown, [key, ...rest]: readonly string[]): unknown {
  if (key === undefined) return String(value).replace(/^(.)/u, '$1\u202E');
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = turnedAt(copy[key], rest);
  return copy;
}

test.each(BODIES)(
  '%s %s takes no text that turns what is read, and says which and where',
  async (method, path, body) => {
    const texts = textsIn(body);
    expect(texts.length).toBeGreaterThan(0);
    for (const at of texts) {
      const request = varsel.api()[method](path);
      const response = await request.send(turnedAt(body, at) as object);
      expect({ status: response.status, errors: response.body.errors }).toEqual({
        status: 400,
        errors: [
          {
            path: at.join('.'),
            message:
              'Expected no hidden characters, found U+202E, which turns the direction of writing, as character 2',
          },
        ],
      });
    }
  },
);

test('Names as they are spelt in every script are taken, and mailed as they are', async () => {
  const names = [
    'ශ්\u200Dරී ලංකා A/S',
    'می\u200Cخواهم',
    'O’Brien & Søn',
    'Nguye\u0302\u0303n',
    '葛\u{E0100}城 株式会社',
    'דבר בע״מ',
  ];
  for (const name of names) {
    const contacts = [{ email: 'dpo@kunde-91.example', name, language: 'da' }];
    const saved = await varsel
      .api()
      .put('/v1/controllers/kunde-91')
      .send({ ...controller, name, contacts });
    expect({ name, status: saved.status < 300 }).toEqual({ name, status: true });
    expect(saved.body.contacts[0].name).toBe(name);
  }
});

test('Reasons of an objection are kept as they were received, whatever hides in them', async () => {
  // Words of a customer, not of ours: an objection is not lost for a character that nobody sees.
  await varsel.api().put('/v1/controllers/kunde-90').send(controller);
  const { body: change } = await varsel.api('officer').post('/v1/changes').send(announcement).expect(201);
  const reasons = 'Vi er uenige\u200B i \u202Eoverførslen';
  const received = {
    controller: 'kunde-90',
    reasons,
    channel: 'email',
    receivedAt: varsel.clock.now().toString(),
    from: {},
  };
  const { body } = await varsel.api('officer').post(`/v1/changes/${change.id}/objections`).send(received).expect(201);
  expect(body.reasons).toBe(reasons);
});
