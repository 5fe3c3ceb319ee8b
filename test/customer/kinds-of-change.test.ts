import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NEW_ACTIVITY } from '../../emails/example-changes.ts';
import { aController, aSubProcessor } from '../support/examples.ts';
import { pagesOf, type Pages } from '../support/pages.ts';
import { announce, haveControllers, linkOf, notifyByLetter } from '../support/story.ts';
import { startVarsel, type TestVarsel } from '../support/varsel.ts';

const SCC = { article: '46', instrument: 'SCC' } as const;
const hostile = `<script>alert(1)</script>"'&'`;

let varsel: TestVarsel;
let pages: Pages;
let register: { id: string; name: string }[];

beforeAll(async () => {
  varsel = await startVarsel('2026-03-02T09:00:00Z');
  pages = pagesOf(varsel);
  await haveControllers(varsel, [aController(1)]);
  const { body } = await varsel.api('reader').get('/v1/products/truetalk/register').expect(200);
  register = body.entries;
});
afterAll(() => varsel.close());

/** The words of the page behind the link of the only controller, which was notified on the day after the announcement. */
async function pageOf(change: object, language = 'da'): Promise<string> {
  varsel.clock.set('2026-03-02T09:00:00Z');
  const id = await announce(varsel, { plannedActivationOn: '2026-04-15', ...change });
  varsel.clock.set('2026-03-04T09:00:00Z');
  await notifyByLetter(varsel, id, ['kunde-1'], '2026-03-03');
  const { statusCode, body } = await pages.get(`${await linkOf(varsel, id, 'kunde-1')}?lang=${language}`);
  expect(statusCode).toBe(200);
  const reason = { da: 'Det var en prøve.' };
  await varsel.api('officer').post(`/v1/changes/${id}/withdraw`).send({ reason }).expect(200);
  return body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ');
}

/** An entry of the register with the facts that an amendment gives. */
function amended(name: string, facts: object) {
  const { id, ...entry } = found(name) as unknown as Record<string, unknown> & { id: string };
  const { address, country, contactPerson, parentId, processing, personalData, locations, registrationNumber } = entry;
  const now = {
    name: entry.name,
    registrationNumber,
    address,
    country,
    contactPerson,
    parentId,
    processing,
    personalData,
  };
  return { kind: 'amendment', amends: id, subProcessor: { ...now, locations, ...facts } };
}

function found(name: string) {
  return register.find((entry) => entry.name.startsWith(name)) ?? expect.fail(`no ${name}`);
}

describe('The page of a change that asks for approval', () => {
  it('says of a new activity what is asked by which clause, until when, and that silence is a no', async () => {
    const { separation } = NEW_ACTIVITY;
    const page = await pageOf({
      ...amended('Gintel', { processing: { da: `Skriver samtaler ned ${hostile}` } }),
      scope: 'each',
      separation,
    });
    for (const told of [
      'Ændring hos en underdatabehandler i TrueTalk: Gintel AS',
      'Vi beder om jeres skriftlige godkendelse',
      'Svar senest torsdag den 2. april 2026 kl. 23.59 dansk tid.',
      'Svarer I ikke, sker det ikke for jer.',
      'Det beder vi jer godkende Gintel AS: beskrivelse af behandlingen (punkt B.1)',
      'Beskrivelse af behandlingen ændres vi beder om jeres godkendelse (punkt B.1) Bistår med support og fejlretning',
      'Skriver samtaler ned &lt;script&gt;',
      'Et nej kræver ingen begrundelse.',
      'Så gennemføres ændringen ikke for jer.',
      separation?.da ?? '',
      'Andre måder at svare på',
    ]) {
      expect(page).toContain(told);
    }
    expect(page).not.toMatch(/gøre indsigelse mod|Gør indsigelse|Fristen/);
  });

  it('tells the time to object apart from the time to answer, where an addition is in an unlisted country', async () => {
    const subProcessor = aSubProcessor(21, { locations: [{ country: 'IN', transferBasis: SCC }] });
    const page = await pageOf({ subProcessor }, 'en');
    for (const told of [
      'We ask for your written approval Answer by Thursday 2 April 2026 at 23:59 Danish time.',
      'You can object 9 days left, until Friday 13 March 2026 at 23:59 Danish time.',
      'If you do not object, you have not thereby approved anything.',
      'What we ask you to approve Nordlys Hosting 21 ApS: new place of processing, India (clause C.5)',
      'What you may object to Nordlys Hosting 21 ApS as a new sub-processor (clause B.2)',
      'India: we ask for your approval (clause C.5)',
      'It needs the approval of every controller that uses TrueTalk.',
    ]) {
      expect(page).toContain(told);
    }
    expect(page).not.toContain('may engage');
  });
});

describe('The page of a change that can be objected to', () => {
  it('says of an officer’s wording that only the words change', async () => {
    const change = amended('Userflow', { processing: { da: 'Viser nye brugere rundt' } });
    const page = await pageOf({ ...change, wordingOnly: ['processing'] });
    for (const told of [
      'Det kan I gøre indsigelse mod Userflow Inc.: beskrivelse af behandlingen, kun ordlyden (punkt B.1 og B.2)',
      'oplyser Telenor A/S, at behandlingen er den samme som før',
      'Gør I ikke indsigelse inden fristen, kan Telenor A/S gennemføre ændringen fra onsdag den 15. april 2026.',
    ]) {
      expect(page).toContain(told);
    }
    expect(page).not.toContain('godkendelse');
  });

  it('shows what becomes of each sub-processor of the one that is replaced', async () => {
    const replaces = found('Userflow').id;
    const children = [{ entry: found('Google').id, then: 'stays', parentId: null }];
    const page = await pageOf({ kind: 'replacement', replaces, subProcessor: aSubProcessor(22), children });
    for (const told of [
      'Nordlys Hosting 22 ApS i stedet for Userflow Inc. (punkt B.2)',
      'Google: underdatabehandler til Telenor A/S i stedet for Userflow Inc. (punkt B.2)',
      'Google i dag og efter ændringen',
      'Plads i databehandlerkæden ændres I kan gøre indsigelse (punkt B.2) Telenor A/S → Userflow Inc. → Google Telenor A/S → Google',
    ]) {
      expect(page).toContain(told);
    }
  });
});

describe('The page of a replacement whose child stays under the new company', () => {
  it('says in words and in the chain that it is under another', async () => {
    const replaces = found('Userflow').id;
    const children = [{ entry: found('Google').id, then: 'stays', parentId: replaces }];
    const page = await pageOf({ kind: 'replacement', replaces, subProcessor: aSubProcessor(23), children });
    for (const told of [
      'Nordlys Hosting 23 ApS i stedet for Userflow Inc. (punkt B.2)',
      'Google: underdatabehandler til Nordlys Hosting 23 ApS i stedet for Userflow Inc. (punkt B.2)',
      'ændres I kan gøre indsigelse (punkt B.2) Telenor A/S → Userflow Inc. → Google Telenor A/S → Nordlys Hosting 23 ApS → Google',
    ]) {
      expect(page).toContain(told);
    }
  });
});

describe('The page of a change that informs', () => {
  const NOTHING_ELSE = /godkende|gøre indsigelse mod |Gør indsigelse|Svar senest|Fristen/;

  it('says of a removal who leaves, with whom, and that nothing is to be done', async () => {
    const children = [{ entry: found('Google').id, then: 'leaves' }];
    const page = await pageOf({ kind: 'removal', removes: found('Userflow').id, subProcessor: undefined, children });
    for (const told of [
      'En underdatabehandler udgår af TrueTalk: Userflow Inc.',
      'Til orientering Userflow Inc. udgår (EDPB’s udtalelse 22/2024) Google udgår (EDPB’s udtalelse 22/2024)',
      'I behøver ikke svare',
    ]) {
      expect(page).toContain(told);
    }
    expect(page).not.toMatch(NOTHING_ELSE);
  });

  it('compares each company whose transfers rest on another basis', async () => {
    const entries = ['Userflow', 'Google'].map((name) => ({
      entry: found(name).id,
      country: 'US',
      transferBasis: SCC,
    }));
    const page = await pageOf({ kind: 'transfer-basis', subProcessor: undefined, entries });
    for (const told of [
      'Nyt overførselsgrundlag i TrueTalk: Userflow Inc. og Google',
      'Userflow Inc.: overførselsgrundlag for USA (punkt C.6)',
      'Google i dag og efter ændringen',
      'USA: EU-Kommissionens standardkontraktbestemmelser (GDPR artikel 46)',
    ]) {
      expect(page).toContain(told);
    }
    expect(page).not.toMatch(NOTHING_ELSE);
  });

  it('says of another address what it was and shall be', async () => {
    const page = await pageOf(amended('Gintel', { address: 'Otto Nielsens Vei 12, 7052 Trondheim' }), 'en');
    expect(page).toContain('Gintel AS: registered address (EDPB Opinion 22/2024)');
    expect(page).toMatch(/Registered address changes for information \(EDPB Opinion 22\/2024\) Otto Nielsens Veg 12/);
    expect(page).not.toMatch(/approve|may object|You can object|deadline/);
  });
});
