import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { actInWords } from '../../src/console/settings/act-words.ts';
import { ACTIONS } from '../../src/db/acts.ts';
import { CONSOLE_PAGES } from '../../src/console/routes.ts';
import { problemInWords } from '../../src/console/problem-words.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { PROBLEMS, type ProblemCode } from '../../src/http/problems.ts';
import { inIndia } from '../support/answering.ts';
import { approvalToConfirm } from '../support/approving.ts';
import { aController, aProduct } from '../support/examples.ts';
import { anAnswer, mailIn, returnAddressesOf } from '../support/inbound.ts';
import { signIn, type SignedInPerson } from '../support/signed-in.ts';
import {
  aControllerOfTwo,
  announceAnother,
  haveControllers,
  haveProduct,
  linkOf,
  mailsTo,
  objectThrough,
} from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

/* Who reads the console in Danish meets no English in it, and the other way round. */

const START = '2026-03-02T09:00:00Z';
const STRAY = 'varsel@telenor.example';
/** What persons have typed here is in neither language, so that all words of a page are ours. */
const TYPED = 'Lorem ipsum';

let varsel: TestVarsel;
let admin: SignedInPerson;
/** A change that customers are told of. */
let change: string;
beforeAll(async () => {
  varsel = await startVarsel(START, { addresses: [STRAY] });
  await fill();
});
afterAll(() => varsel.close());

async function fill(): Promise<void> {
  const doubtful = aController(3, { name: 'Tres', registrationNumber: '10000002', contacts: [] });
  await haveControllers(varsel, [
    { ...aControllerOfTwo(1), name: 'Unum' },
    { ...aController(2), name: 'Duo' },
    { ...doubtful, products: [], contacts: [{ email: 'dpo@tres.example', name: 'Tertia', language: 'en' }] },
  ]);
  admin = await signIn(varsel, { role: 'admin', name: 'Anna Holm' });
  const bo = await signIn(varsel, { role: 'officer', name: 'Bo Friis', products: ['truetalk'] });
  const did = async (method: 'post' | 'put' | 'patch', address: string, body: object = {}, who = admin) => {
    const response = await who.call(method, address).send(body);
    expect(response.status, `${address} ${response.text}`).toBeLessThan(300);
    return response.body as Record<string, never> & { readonly id: string; readonly hash: string };
  };
  const announced = { reason: { da: TYPED, en: TYPED } };
  const told = async (overrides: object = {}) => {
    const company = {
      ...varsel.newCompany(),
      processing: { da: TYPED, en: TYPED },
      personalData: { da: TYPED, en: TYPED },
    };
    const id = await announceAnother(varsel, { subProcessor: company, ...announced, ...overrides });
    await varsel.deliver();
    return id;
  };
  varsel.mailbox.refuse('ciso@kunde-1.example', { code: 550, message: '5.1.1 Nemo' });
  const objected = await told();
  change = objected;
  const token = (link: string) => link.split('/').at(-1) ?? '';
  await objectThrough(varsel, token(await linkOf(varsel, objected, 'kunde-1')), TYPED);
  const [objection] = (await admin.call('get', `/v1/changes/${objected}/objections`)).body.items;
  await objectThrough(varsel, token(await linkOf(varsel, objected, 'kunde-2')), TYPED);
  await did('post', `/v1/objections/${objection.id}/resolve`, { outcome: 'accommodated', explanation: TYPED });
  const dpo = 'dpo@kunde-1.example';
  const { reply } = returnAddressesOf(mailsTo(varsel, dpo, /senest/).at(-1)!);
  for (const text of [TYPED, `${TYPED} dolor`])
    await mailIn(varsel, anAnswer(text).replace(/^Subject:.*$/m, `Subject: ${TYPED}`), { from: dpo, to: reply });
  await mailIn(varsel, `From: ${dpo}\nSubject: ${TYPED}\nMessage-ID: <1@x.example>\n\n${TYPED}\n`, {
    from: dpo,
    to: STRAY,
  });
  const asked = await told({
    subProcessor: inIndia(varsel.newCompany()),
    scope: 'each',
    separation: { da: TYPED, en: TYPED },
  });
  await approvalToConfirm(varsel, asked, 'kunde-1', START);
  const nominated = { name: 'Anna Vind', role: 'CEO', email: 'direktion@kunde-2.example' };
  await varsel
    .customer()
    .post(`${await linkOf(varsel, asked, 'kunde-2')}/nominate`)
    .send(nominated)
    .expect(202);
  const withdrawn = await told();
  await did('post', `/v1/changes/${withdrawn}/withdraw`, { reason: { da: TYPED, en: TYPED } });
  await did('post', '/v1/webhooks', { url: `${varsel.url}/`, events: ['*'], products: null });
  await did('post', '/v1/keys', {
    name: 'CRM',
    scopes: ['products:read', 'changes:announce'],
    products: null,
    expiresAt: null,
  });
  await did('post', '/v1/legal-holds', { change: objected, controller: null, reason: TYPED, until: null });
  const { secondPerson: _none, ...terms } = aProduct();
  await haveProduct(varsel, aProduct({ secondPerson: ['announcement', 'activation', 'invalid', 'role', 'terms'] }));
  const announcement = {
    product: 'truetalk',
    kind: 'addition',
    subProcessor: varsel.newCompany(),
    ...announced,
    plannedActivationOn: '2026-03-13',
  };
  const propose = (act: object) => did('post', '/v1/proposals', act, bo);
  await propose({ kind: 'announcement', announcement });
  const rejected = await propose({
    kind: 'invalid',
    objection: (await admin.call('get', `/v1/changes/${objected}/objections`)).body.items.find(
      ({ status }: { status: string }) => status === 'pending',
    ).id,
    explanation: TYPED,
    mailId: null,
  });
  await did('post', `/v1/proposals/${rejected.id}/reject`, { reason: TYPED });
  await did('post', '/v1/proposals', { kind: 'role', person: bo.id, role: 'approver', product: 'truetalk' });
  const { id: product, ...given } = terms;
  await did('post', '/v1/proposals', {
    kind: 'terms',
    product,
    terms: { ...given, holdMinutes: 30, reason: TYPED, secondPerson: ['announcement'] },
  });
  const invited = await admin.post('/console/people/new', {
    name: 'Dora',
    email: 'dora@telenor.example',
    role: 'reader',
    products: 'truetalk',
  });
  expect(invited.status, invited.text).toBe(303);
  const draft = await admin.post('/console/announce', { product: 'truetalk', kind: 'addition' }).expect(303);
  await admin.get(draft.headers['location'] ?? '').expect(200);
  await varsel.deliver();
}

/** Pages that show no words of ours: mails, files, and what a browser asks a passkey with. */
const WORDLESS = /mail\.(?:html|eml)$|\/mail$|\/pack$|\/scans\/:scanId$|\/options$|\*$/;
const PAGES = CONSOLE_PAGES.flatMap(([method, url]) => (method === 'GET' && !WORDLESS.test(url) ? [url] : []));
/** Pages that no other leads to while nobody has done what they are about. */
const UNSEEN = ['/console/kept/:id', '/console/confirm', '/console/passkeys/:id'];

/** Every page that links lead to from the first one, at most so many of each kind, by address. */
async function everyPage(language: Language): Promise<Map<string, string>> {
  await admin.get(`/console?lang=${language}`);
  const patterns = PAGES.map((url) => ({ url, pattern: new RegExp(`^${url.replaceAll(/:\w+/g, '[^/]+')}$`) }));
  // What is spelled out comes before what is a parameter: /customers/new.
  const kindOf = (path: string) =>
    PAGES.find((url) => url === path) ?? patterns.find(({ pattern }) => pattern.test(path))?.url;
  const seen = new Map<string, string>();
  const counts = new Map<string, number>();
  const waiting = [
    '/console',
    '/console/work',
    '/console/proposals?status=all',
    '/console/settings/retention?month=2036-04',
    // No button leads to these in the state that the change is in.
    ...['progress', 'activate', 'confirm-wording', 'close'].map((page) => `/console/changes/${change}/${page}`),
  ];
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const { pathname } = new URL(address, varsel.url);
    const kind = kindOf(pathname);
    const count = counts.get(kind ?? '') ?? 0;
    if (kind === undefined || seen.has(address) || count >= 3) continue;
    counts.set(kind, count + 1);
    const { status, text, headers } = await admin.get(address);
    if (status === 303) {
      waiting.push(headers['location'] ?? '');
      continue;
    }
    expect([address, status]).toEqual([address, 200]);
    seen.set(address, text);
    const links = [...text.matchAll(/href="([^"#]+)/g)].map(
      ([, link = '']) => new URL(link.replaceAll('&amp;', '&'), new URL(address, varsel.url)),
    );
    waiting.push(...links.filter((url) => !url.searchParams.has('lang')).map((url) => url.pathname + url.search));
  }
  const missed = PAGES.filter((url) => !counts.has(url) && !UNSEEN.includes(url));
  expect(missed).toEqual([]);
  return seen;
}

/** The words of a page that are in its language: not those of mails, of other languages, and of what stands on record as it is. */
function wordsOf(page: string): string {
  return page
    .replace(/^.*?<body[^>]*>/s, '')
    .replaceAll(/<(\w+)[^>]* lang="\w\w"[^>]*>[^<]*(?:<(?!\/\1>)[^<]*)*<\/\1>/g, ' ')
    .replaceAll(/<(pre|blockquote|q|iframe|script|textarea)\b[^>]*>.*?<\/\1>/gs, ' ')
    .replaceAll(/<[^>]*? aria-label="([^"]*)"[^>]*>/g, ' $1 ')
    .replaceAll(/<[^>]*>/g, '\n')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', '’')
    .replaceAll(/\s*\n\s*/g, '\n');
}

/** Addresses, numbers and what the API calls things: `dpo@kunde-1.example`, `kunde-1`, `changes:announce`, `change.*`. */
const NAMES = /\S+@\S+|[\w-]*\d[\w-]*|[a-z]+[:.][a-z*-]+|Isle of Man/g;

const anyOf = (words: string) => new RegExp(`(?<!\\p{L})(?:${words.replaceAll(' ', '|')})(?!\\p{L})`, 'iu');
/** Words that a sentence is hardly made without, and that are none of the other language. */
const FOREIGN: Readonly<Record<Language, RegExp>> = {
  da: anyOf(
    'the and of has was were are with from not this that which your you expected found been because change announced pending resolved notice through',
  ),
  en: anyOf(
    'og ikke på af til med fra som eller skal blev bliver kunde kunden kunder ændring varslet godkendt uden hvis er',
  ),
};

describe.each(LANGUAGES)('in %s', (language) => {
  test('every page of the console has the words of its language alone', async () => {
    const pages = await everyPage(language);
    // The page of a mail has the mail's own subject.
    const ofUs = [...pages].filter(([address]) => !address.includes('/messages/'));
    const foreign = ofUs.flatMap(([address, page]) =>
      wordsOf(page)
        .split('\n')
        .filter((line) => FOREIGN[language].test(line.replaceAll(NAMES, '')))
        .map((line) => `${address}: ${line}`),
    );
    expect(foreign).toEqual([]);
  });

  test('every act on record has words', () => {
    const words = ACTIONS.map((action) => actInWords(action, language));
    expect(new Set(words).size).toBe(ACTIONS.length);
    expect(words.filter((each) => FOREIGN[language].test(each) || /[a-z]\.[a-z]/.test(each))).toEqual([]);
  });

  test('every problem has words, without what is for programs', () => {
    for (const code of Object.keys(PROBLEMS) as ProblemCode[]) {
      const words = problemInWords(code, language);
      expect(words, code).toMatch(/^\p{Lu}.{15,}[.!?]$/su);
      expect(words, code).not.toMatch(/`|\/v1|\bD\d/);
      if (language === 'da') expect(words, code).not.toMatch(FOREIGN.da);
    }
  });
});
