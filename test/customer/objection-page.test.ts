import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aController, aSubProcessor } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import {
  activate,
  announce,
  haveControllers,
  leave,
  linkOf,
  notifyByLetter,
  objectionsOf,
  withdraw,
} from '../support/story.ts';
import { announce as seedChange } from '../support/seed.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const ANNOUNCED = '2026-03-02T09:00:00Z';
const NOTIFIED_ON = '2026-03-03';
const PLANNED_ON = '2026-04-15';
const OPEN = '2026-03-07T09:00:00Z';

const hostile = `<script>alert(1)</script>"'&'; drop table objections; --`;

let varsel: TestVarsel;
let pages: Pages;
/** A replacement in a chain, announced to both controllers; the first has been notified. */
let replacement: string;
let link: string;

beforeAll(async () => {
  varsel = await startVarsel(ANNOUNCED);
  pages = pagesOf(varsel);
  await haveControllers(
    varsel,
    [1, 2, 3].map((number) => aController(number)),
  );
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register').expect(200);
  const entry = (name: string) => body.entries.find((each: { name: string }) => each.name.startsWith(name)).id;
  replacement = await announce(varsel, {
    plannedActivationOn: PLANNED_ON,
    kind: 'replacement',
    replaces: entry('Atlassian'),
    subProcessor: aSubProcessor(7, {
      name: 'Sagsstyring Inc.',
      country: 'US',
      address: '1 Market Street, San Francisco',
      parentId: entry('Gintel'),
      personalData: { da: 'Navn og sagstekst' },
      locations: [
        { country: 'IE', transferBasis: null },
        { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Sagsstyring Holding Inc.' } },
      ],
    }),
  });
  varsel.clock.set(OPEN);
  await notifyByLetter(varsel, replacement, ['kunde-1'], NOTIFIED_ON);
  link = await linkOf(varsel, replacement, 'kunde-1');
});
afterAll(() => varsel.close());

/** A further change, announced when the first was. */
async function announceToo(subProcessor: object, overrides: object = {}): Promise<string> {
  varsel.clock.set(ANNOUNCED);
  const id = await announce(varsel, { plannedActivationOn: PLANNED_ON, subProcessor, ...overrides });
  varsel.clock.set(OPEN);
  return id;
}

/** The text of a page, without mark-up. */
const textOf = (html: string) => html.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');

describe('the page behind a link, while the window is open', () => {
  it('tells in Danish, the language of the contact, all that a controller needs in order to decide', async () => {
    const { statusCode, body } = await pages.get(link);
    expect(statusCode).toBe(200);
    expect(body).toContain('<html lang="da">');
    expect(body.match(/<h1>/g)).toHaveLength(1);
    const text = textOf(body);
    for (const told of [
      'Ny underdatabehandler i TrueTalk: Sagsstyring Inc. erstatter Atlassian',
      'Telenor A/S',
      'Kunde 1 A/S',
      'Driften samles hos én leverandør',
      'onsdag den 15. april 2026',
      '40000007',
      '1 Market Street, San Francisco',
      'Signe Lund, privacy@nordlys.example',
      'Telenor A/S → Gintel AS → Sagsstyring Inc.',
      'Drift af servere til opkaldshistorik',
      'Navn og sagstekst',
      'Irland: inden for EØS, intet overførselsgrundlag nødvendigt',
      'certificeret som Sagsstyring Holding Inc.',
      'Level 6, 341 George Street',
      'Tyskland',
    ]) {
      expect(text).toContain(told);
    }
  });

  it('shows the one that is replaced beside the new one, and marks in words what changes', async () => {
    const { body } = await pages.get(link);
    const rows = body.match(/<tr role="row">.*?<\/tr>/gs)?.map((row) => textOf(row).trim()) ?? [];
    const row = (name: string) => rows.find((text) => text.startsWith(name));
    expect(rows[0]).toBe('Oplysning I dag Planlagt');
    expect(row('Navn')).toBe('Navn ændres Atlassian Sagsstyring Inc.');
    expect(row('Land')).toBe('Land ændres Australien USA');
    expect(row('Plads')).toBe('Plads i databehandlerkæden uændret Telenor A/S → Gintel AS → Sagsstyring Inc.');
  });

  it('tells the deadline in words with the days that are left, and what silence means', async () => {
    const text = textOf((await pages.get(link)).body);
    expect(text).toContain('6 dage tilbage, indtil fredag den 13. marts 2026 kl. 23.59 dansk tid.');
    expect(text).toContain('Gør I ikke indsigelse inden fristen, kan Telenor A/S tage Sagsstyring Inc. i brug');
    expect(text).toContain('I kan også svare på den e-mail, som linket stod i');
    expect(text).toContain('indsigelse@telenor.example');
  });

  it('counts the last day in hours and the one before it as one day', async () => {
    varsel.clock.set('2026-03-12T22:59:00Z');
    expect(textOf((await pages.get(link)).body)).toContain('1 dag tilbage');
    varsel.clock.set('2026-03-12T23:00:00Z');
    const until = 'indtil fredag den 13. marts 2026 kl. 23.59 dansk tid.';
    expect(textOf((await pages.get(link)).body)).toContain(`Sidste dag er i dag. Mere end 24 timer tilbage, ${until}`);
    varsel.clock.set('2026-03-13T21:30:00Z');
    expect(textOf((await pages.get(link)).body)).toContain(`Sidste dag er i dag. Mere end 1 time tilbage, ${until}`);
    varsel.clock.set('2026-03-13T22:59:59Z');
    expect(textOf((await pages.get(link)).body)).toContain(`Sidste dag er i dag. Mindre end 1 time tilbage, ${until}`);
    expect(textOf((await pages.get(`${link}?lang=en`)).body)).toContain(
      'Today is the last day. Less than 1 hour left, until Friday 13 March 2026 at 23:59 Danish time.',
    );
    varsel.clock.set(OPEN);
  });

  it('is told in English when asked for, and links to itself in the other language', async () => {
    const english = await pages.get(`${link}?lang=en`);
    expect(english.body).toContain('<html lang="en">');
    expect(textOf(english.body)).toContain('6 days left, until Friday 13 March 2026 at 23:59 Danish time.');
    expect(english.body).toContain(`href="${link}?lang=da"`);
    expect(english.body).toContain(`action="${link}?lang=en"`);
    expect((await pages.get(link)).body).toContain(`href="${link}?lang=en"`);
  });

  it('marks a text that exists in Danish only as Danish on the English page', async () => {
    expect((await pages.get(`${link}?lang=en`)).body).toMatch(/lang="da"[^>]*>Navn og sagstekst</);
  });

  it('keeps to the language of the contact where ?lang= asks for none that exists, or for several', async () => {
    for (const query of ['lang=de', 'lang=en&lang=da', 'lang=', 'lang=%00']) {
      expect((await pages.get(`${link}?${query}`)).body).toContain('<html lang="da">');
    }
  });

  it('has a form whose fields have labels and hints, no length limit of the browser, and the name of the contact', async () => {
    const { body } = await pages.get(link);
    expect(body).toContain('<label for="reasons">');
    expect(body).toContain('aria-describedby="reasons-hint"');
    expect(body).toMatch(/<input id="name"[^>]*value="Dorthe Persson 1"/);
    expect(body).not.toContain('maxlength');
    expect(body.match(/<script[^]*?<\/script>/g)).toEqual([
      expect.stringMatching(/^<script src="\/assets\/kept-here\.js\?v=[0-9a-f]{12}" defer><\/script>$/),
    ]);
    expect(body).not.toMatch(/javascript:|\son\w+=|style="/i);
  });

  it('may be kept by nobody between, found nowhere, and loads nothing from elsewhere', async () => {
    const { headers, body } = await pages.get(link);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-robots-tag': 'noindex',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; script-src 'self'",
      'content-type': 'text/html; charset=utf-8',
    });
    const stylesheet = /<link rel="stylesheet" href="([^"]+)">/.exec(body)?.[1] ?? '';
    const css = await pages.get(stylesheet);
    expect(css.statusCode).toBe(200);
    expect(css.headers['content-type']).toBe('text/css; charset=utf-8');
    expect(css.headers['cache-control']).toMatch(/^public, max-age=\d+/);
    expect(css.body).not.toMatch(/url\(|@import/);
  });
});

describe('the page behind a link, in its other states', () => {
  it('says that the time has not begun while the controller has not been notified', async () => {
    const { statusCode, body } = await pages.get(await linkOf(varsel, replacement, 'kunde-2'));
    expect(statusCode).toBe(200);
    expect(textOf(body)).toContain('Fristen er ikke begyndt');
    expect(textOf(body)).toContain('Er underretningen kommet retur til os, skal I have en ny, før fristen begynder.');
    expect(textOf(body)).toContain('I behøver ikke vente på det: I kan gøre indsigelse nu.');
    expect(body).toContain('<form');
  });

  it('takes an objection before the controller has been notified, and says what it does', async () => {
    const early = await linkOf(varsel, replacement, 'kunde-2');
    const { statusCode, headers } = await pages.form(early, { reasons: 'Vi er uenige i overførslen' });
    expect(statusCode).toBe(303);
    const receipt = textOf((await pages.get(String(headers.location))).body);
    expect(receipt).toContain('må ikke gennemføres, så længe indsigelsen er under behandling');
    for (const [language, words] of [
      ['da', ['Fristen er ikke begyndt', 'må ikke gennemføres', 'Gør indsigelse igen']],
      ['en', ['The time to object has not begun', 'may not be carried out']],
    ] as const) {
      const page = textOf((await pages.get(`${early}?lang=${language}`)).body);
      for (const each of words) expect(page).toContain(each);
    }
    const [objection] = await objectionsOf(varsel, replacement);
    await varsel
      .api('officer')
      .post(`/v1/objections/${objection?.id}/resolve`)
      .send({ outcome: 'withdrawn', explanation: 'I jeres brev' });
  });

  it('says after the deadline when it was and whom to write to, without a form', async () => {
    varsel.clock.set('2026-03-13T23:00:00Z');
    const { statusCode, body } = await pages.get(link);
    varsel.clock.set(OPEN);
    expect(statusCode).toBe(200);
    expect(textOf(body)).toContain(
      'Fristen for at gøre indsigelse udløb fredag den 13. marts 2026 kl. 23.59 dansk tid.',
    );
    expect(textOf(body)).toContain('indsigelse@telenor.example');
    expect(body.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  });

  it('says that the agreement has ended to a controller that has left', async () => {
    const left = await linkOf(varsel, replacement, 'kunde-3');
    await leave(varsel, 'kunde-3');
    const { statusCode, body } = await pages.get(left);
    expect(statusCode).toBe(200);
    expect(textOf(body)).toContain('jeres aftale om TrueTalk ophørte lørdag den 7. marts 2026');
    expect(body.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  });

  it('says after activation from when the sub-processor may be used, and what went out', async () => {
    await notifyByLetter(varsel, replacement, ['kunde-2'], NOTIFIED_ON);
    varsel.clock.set('2026-04-15T08:00:00Z');
    expect(await activate(varsel, replacement)).toEqual([]);
    const danish = await pages.get(link);
    const english = await pages.get(`${link}?lang=en`);
    varsel.clock.set(OPEN);
    expect(textOf(danish.body)).toContain(
      'Fra og med onsdag den 15. april 2026 står Sagsstyring Inc. på listen over godkendte underdatabehandlere i TrueTalk.',
    );
    expect(textOf(danish.body)).toContain('Atlassian er udgået af listen.');
    expect(textOf(danish.body)).toContain('Navn forskellig Atlassian Sagsstyring Inc.');
    expect(danish.body).not.toMatch(/Planlagt</);
    expect(textOf(english.body)).toContain(
      'From Wednesday 15 April 2026, Sagsstyring Inc. is on the list of approved sub-processors for TrueTalk.',
    );
    expect(danish.body.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  });

  it('says after a withdrawal that it was withdrawn, and why', async () => {
    const id = await announceToo(aSubProcessor(8));
    const withdrawn = await linkOf(varsel, id, 'kunde-1');
    await notifyByLetter(varsel, id, ['kunde-1'], NOTIFIED_ON);
    await withdraw(varsel, id, { da: 'Leverandøren sprang fra', en: 'The supplier pulled out' });
    const danish = await pages.get(withdrawn);
    expect(textOf(danish.body)).toContain('Telenor A/S trak ændringen tilbage lørdag den 7. marts 2026.');
    expect(textOf(danish.body)).toContain('Leverandøren sprang fra');
    expect(textOf((await pages.get(`${withdrawn}?lang=en`)).body)).toContain('The supplier pulled out');
    expect(danish.body.match(/<form [^>]+>/g)).toEqual([expect.stringContaining('/documentation')]);
  });

  it('shows hostile text in every field as text', async () => {
    const subProcessor = aSubProcessor(9, {
      name: hostile,
      registrationNumber: hostile.slice(0, 50),
      address: hostile,
      contactPerson: { name: hostile, email: 'x@example.dk' },
      processing: { da: hostile },
      personalData: { da: hostile },
    });
    const id = await announceToo(subProcessor, { reason: { da: hostile } });
    await notifyByLetter(varsel, id, ['kunde-1'], NOTIFIED_ON);
    const { statusCode, body } = await pages.get(await linkOf(varsel, id, 'kunde-1'));
    expect(statusCode).toBe(200);
    expect(body).not.toContain('<script>');
    expect(body.split('&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;').length).toBeGreaterThan(8);
  });

  it('lets no name on record turn the direction of the sentences that it stands in', async () => {
    // Announced past the API, which takes no such name: as one from before it refused them.
    const name = 'Nord\u202Elys \u2067ApS';
    const contactPerson = { name, email: 'x@example.dk' };
    const { id } = await seedChange(varsel.database.pool, ANNOUNCED, {
      subProcessor: aSubProcessor(10, { name, address: name, contactPerson }),
    });
    await notifyByLetter(varsel, id, ['kunde-1'], NOTIFIED_ON);
    const { body } = await pages.get(await linkOf(varsel, id, 'kunde-1'));
    expect(body).toContain('kan Telenor A/S tage Nordlys ApS i brug');
    expect(body).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/u);
  });
});
