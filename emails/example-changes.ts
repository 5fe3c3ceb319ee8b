import { contentOf } from '../src/commands/announcement-content.ts';
import type { AnnouncedChange, Announcement } from '../src/domain/change.ts';
import type { RegisterEntry, SubProcessor } from '../src/domain/register.ts';
import { TRUETALK_REGISTER, trueTalk } from '../src/examples/truetalk.ts';

const onDay = (text: string) => Temporal.PlainDate.from(text);

/** TrueTalk's register, each entry with an id. */
const REGISTER: readonly RegisterEntry[] = TRUETALK_REGISTER.map((entry, index) => ({
  ...entry,
  id: entry.id ?? `019ac0de-0000-7000-8000-00000000000${index}`,
  activeFrom: onDay('2026-01-01'),
  activeUntil: null,
  factsFrom: onDay('2026-01-01'),
  changeId: null,
  forSome: false,
}));

function entryOf(name: string): RegisterEntry {
  const found = REGISTER.find((entry) => entry.name.startsWith(name));
  if (found === undefined) throw new Error(`no ${name} in the register`);
  return found;
}

const GINTEL = entryOf('Gintel');
const USERFLOW = entryOf('Userflow');
const ATLASSIAN = entryOf('Atlassian');
const GOOGLE = entryOf('Google');

const NORDLYS: SubProcessor = {
  name: 'Nordlys Kundeservice ApS',
  registrationNumber: '40112233',
  address: 'Åboulevarden 1, 2. sal, 8000 Aarhus C',
  country: 'DK',
  contactPerson: { name: 'Søren Ærø', email: 'privacy@nordlys.example' },
  parentId: GINTEL.id,
  processing: {
    da: 'Opbevarer supportsager og besvarer henvendelser fra brugere af TrueTalk på vegne af Gintel.',
    en: 'Keeps support tickets and answers enquiries from users of TrueTalk on behalf of Gintel.',
  },
  personalData: { da: 'Navn, e-mailadresse og supportsager.', en: 'Name, e-mail address and support tickets.' },
  locations: [
    { country: 'DK', transferBasis: null },
    { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Nordlys Inc.' } },
  ],
};

const CLOUDMESH: SubProcessor = {
  ...NORDLYS,
  name: 'Cloudmesh Inc.',
  registrationNumber: 'C4471209',
  address: '201 Mission Street, San Francisco, CA 94105',
  country: 'US',
  contactPerson: { name: 'Dana Whitfield', email: 'privacy@cloudmesh.example' },
  parentId: null,
  processing: {
    da: 'Leverer den servicekanal, som sender beskeder til brugernes telefoner.',
    en: 'Provides the channel that sends messages to users’ telephones.',
  },
  personalData: {
    da: 'Navn, telefonnummer, enheds-id og tidspunkt for beskeden.',
    en: 'Name, telephone number, device ID and the time of the message.',
  },
  locations: [{ country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Cloudmesh Inc.' } }],
};

const VELKOMST: SubProcessor = {
  ...NORDLYS,
  name: 'Velkomst ApS',
  registrationNumber: '41223344',
  address: 'Havnegade 12, 5000 Odense C',
  contactPerson: { name: 'Lone Krogh', email: 'databeskyttelse@velkomst.example' },
  parentId: null,
  processing: USERFLOW.processing,
  personalData: USERFLOW.personalData,
  locations: [{ country: 'DK', transferBasis: null }],
};

/** A change of the examples. */
export type ExampleChange = AnnouncedChange;

let made = 0;

/** A change of this announcement, as it is once it is announced. */
function announced(announcement: Partial<Announcement> & Pick<Announcement, 'kind' | 'reason'>): AnnouncedChange {
  const product = {
    ...trueTalk('indsigelse@telenor.example'),
    objectionAddress: {
      email: 'indsigelse@telenor.example',
      postal: 'Telenor A/S\nAtt.: Databeskyttelse\nFrederikskaj 8\n2450 København SV',
    },
    registerLoadedAt: null,
  };
  const whole: Announcement = {
    product: 'truetalk',
    replaces: null,
    amends: null,
    removes: null,
    entries: [],
    children: [],
    subProcessor: null,
    wordingOnly: [],
    regime: { objection: false, approval: false },
    scope: 'all',
    separation: null,
    upstream: null,
    supersedes: null,
    plannedActivationOn: onDay('2026-12-15'),
    ...announcement,
  };
  return {
    ...contentOf(whole, product, REGISTER),
    contentHash: 'c0ffee'.padEnd(64, '0'),
    id: `019ac0de-0000-7000-8000-0000000001${String((made += 1)).padStart(2, '0')}`,
    status: 'announced',
    version: 1,
    announcedAt: Temporal.Instant.from('2026-11-23T09:00:00Z'),
    announcedBy: 'Contract team',
    heldUntil: null,
    wordingConfirmed: null,
    toldSince: Temporal.Instant.from('2026-11-23T09:00:00Z'),
  };
}

export const ADDITION = announced({
  kind: 'addition',
  subProcessor: CLOUDMESH,
  reason: {
    da: 'Den nuværende løsning kan ikke sende beskeder til telefoner, der er slået fra. Det kan Cloudmesh.',
    en: 'The present solution cannot send messages to telephones that are switched off. Cloudmesh can.',
  },
});

/** A country that is listed for nobody: both regimes. */
export const ADDITION_IN_INDIA = announced({
  kind: 'addition',
  subProcessor: {
    ...CLOUDMESH,
    locations: [...CLOUDMESH.locations, { country: 'IN', transferBasis: { article: '46', instrument: 'SCC' } }],
  },
  reason: ADDITION.reason,
});

export const REPLACEMENT = announced({
  kind: 'replacement',
  replaces: ATLASSIAN.id,
  subProcessor: NORDLYS,
  reason: {
    da: 'Gintels aftale med Atlassian udløber ved årets udgang. Med Nordlys bliver supportsagerne opbevaret i Danmark.',
    en: 'Gintel’s agreement with Atlassian expires at the end of the year. Nordlys will keep the tickets in Denmark.',
  },
});

export const DANISH_ONLY: AnnouncedChange = announced({
  kind: 'replacement',
  replaces: ATLASSIAN.id,
  subProcessor: {
    ...NORDLYS,
    processing: { da: NORDLYS.processing.da },
    personalData: { da: NORDLYS.personalData.da },
  },
  reason: { da: REPLACEMENT.reason.da },
});

const ONBOARDING = {
  kind: 'replacement',
  replaces: USERFLOW.id,
  subProcessor: VELKOMST,
  reason: {
    da: 'Onboardingflowet bliver drevet i Danmark, så der ikke længere overføres oplysninger til USA.',
    en: 'The onboarding flow will be run in Denmark, so that no data is transferred to the United States any more.',
  },
} as const;
export const CHILD_LEAVES = announced({ ...ONBOARDING, children: [{ entry: GOOGLE.id, then: 'leaves' }] });
export const CHILD_STAYS = announced({
  ...ONBOARDING,
  children: [{ entry: GOOGLE.id, then: 'stays', parentId: null }],
  reason: {
    da: 'Velkomst overtager onboardingflowet. Google hoster det fortsat, men efter aftale med os.',
    en: 'Velkomst takes over the onboarding flow. Google still hosts it, but under an agreement with us.',
  },
});

export const WORDING = announced({
  kind: 'amendment',
  amends: USERFLOW.id,
  subProcessor: {
    ...USERFLOW,
    processing: {
      da: 'Viser nye brugere rundt i TrueTalk, tilpasset Kundens onboardingflow',
      en: 'Shows new users around TrueTalk, adapted to the customer’s onboarding flow',
    },
  },
  wordingOnly: ['processing'],
  reason: {
    da: 'Beskrivelsen var svær at forstå. Behandlingen er den samme.',
    en: 'The description was hard to understand. The processing is the same.',
  },
});

export const NEW_ACTIVITY = announced({
  kind: 'amendment',
  amends: GINTEL.id,
  subProcessor: {
    ...GINTEL,
    contactPerson: { name: 'Kari Nordmann', email: 'personvern@gintel.example' },
    processing: {
      da: 'Bistår med support og fejlretning, og udskriver talebeskeder til tekst',
      en: 'Assists with support and fault correction, and transcribes voice messages to text',
    },
    personalData: {
      da: `${GINTEL.personalData.da} Desuden talebeskeder og deres tekst.`,
      en: `${GINTEL.personalData.en} Besides, voice messages and their text.`,
    },
    locations: [...GINTEL.locations, { country: 'SE', transferBasis: null }],
  },
  scope: 'each',
  separation: {
    da: 'Udskrivningen er slået fra for hver kunde, indtil kunden har godkendt den. Talebeskeder fra andre kunder når ikke frem til Gintel. Det indestår Telenor A/S’ driftschef, Mette Holm, for.',
    en: 'Transcription is switched off for each customer until it has approved. Voice messages of other customers do not reach Gintel. Mette Holm, head of operations at Telenor A/S, vouches for it.',
  },
  reason: {
    da: 'Flere kunder har bedt om at kunne læse deres talebeskeder.',
    en: 'Several customers have asked to be able to read their voice messages.',
  },
});

/** No clause demands approval: it is asked for besides. */
export const ASKED_BESIDES = announced({
  kind: 'removal',
  removes: ATLASSIAN.id,
  regime: { objection: false, approval: true },
  reason: { da: 'Supportsager opbevares fremover hos os selv.', en: 'We will keep support tickets ourselves.' },
});

export const REMOVAL = announced({
  kind: 'removal',
  removes: USERFLOW.id,
  children: [{ entry: GOOGLE.id, then: 'leaves' }],
  plannedActivationOn: onDay('2026-11-23'),
  reason: {
    da: 'Userflow har haft et brud på datasikkerheden. Vi er holdt op med at bruge dem med det samme.',
    en: 'Userflow has had a data breach. We have stopped using them at once.',
  },
});

export const TRANSFER_BASIS = announced({
  kind: 'transfer-basis',
  entries: [USERFLOW, GOOGLE].map(({ id }) => ({
    entry: id,
    country: 'US',
    transferBasis: { article: '46', instrument: 'SCC' },
  })),
  reason: {
    da: 'EU-US Data Privacy Framework gælder ikke længere. Overførslerne hviler fremover på standardkontraktbestemmelser.',
    en: 'The EU-US Data Privacy Framework no longer applies. The transfers will rest on standard contractual clauses.',
  },
});

export const ADDRESS = announced({
  kind: 'amendment',
  amends: GINTEL.id,
  subProcessor: { ...GINTEL, address: 'Otto Nielsens Vei 12, 7052 Trondheim, Norge' },
  reason: { da: 'Adressen var stavet forkert.', en: 'The address was misspelt.' },
});
