import { describe, expect, test } from 'vitest';
import { MESSAGE_KINDS } from '../../src/domain/message.ts';
import { OBJECTION_REFUSALS, type ObjectionRefusal, type Outcome } from '../../src/domain/objection.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { composeMessage, type MessageFacts } from '../../src/mail/compose.ts';
import { anEntry, anObjection, aReplacement, factsFor, oneLine, wordsIn } from './example-facts.ts';

const EVERY_MESSAGE = MESSAGE_KINDS.flatMap((kind) => LANGUAGES.map((language) => [kind, language] as const));

const HOSTILE = [
  '<script>alert(1)</script>',
  `"'; drop table messages; --`,
  '{{constructor}} ${process.env} <%= it.link %> <% throw 1 %>',
  "$& $1 $$ $` $'",
  '&amp; &lt;b&gt; <!-- -->',
];

/** Both parts as a reader sees them, on one line each. */
function shownBy(facts: MessageFacts): { html: string; text: string } {
  const { html, text } = composeMessage(facts);
  return { html: wordsIn(html), text: oneLine(text.replace(/^> ?/gm, '')) };
}

/** The facts with this text in every field that somebody writes freely. */
function facedWith(text: string, facts: MessageFacts): MessageFacts {
  const { change, objection } = facts;
  const both = { da: text, en: text };
  return {
    ...facts,
    controllerName: text,
    contactName: text,
    chain: [text],
    replaced: anEntry({ name: text, address: text }),
    change: {
      ...change,
      productName: text,
      reason: both,
      withdrawalReason: change.withdrawalReason && both,
      processor: { name: text, registrationNumber: text, address: text },
      objectionAddress: { email: text, postal: text },
      subProcessor: {
        ...change.subProcessor,
        name: text,
        registrationNumber: text,
        address: text,
        contactPerson: { name: text, email: text },
        processing: both,
        personalData: both,
      },
    },
    objection: objection && {
      ...objection,
      from: { name: text, email: text },
      reasons: text,
      resolution: objection.resolution && { ...objection.resolution, explanation: text },
    },
  };
}

describe.each(EVERY_MESSAGE)('%s in %s', (kind, language) => {
  test.each(HOSTILE)('shows %j as text wherever somebody wrote it', (hostile) => {
    const facts = facedWith(hostile, factsFor(kind, { language }));
    const { html } = composeMessage(facts);
    const tags = new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => !KNOWN_TAGS.includes(tag ?? ''))).toEqual([]);
    const shown = shownBy(facts);
    for (const part of [shown.html, shown.text]) {
      const times = part.split(oneLine(hostile)).length - 1;
      expect(times).toBeGreaterThan(kind === 'notice' ? 15 : 5);
    }
  });

  test('is complete: subject on one line, both parts, the link in each, and nothing fetched from anywhere', () => {
    const facts = factsFor(kind, { language });
    const { subject, html, text } = composeMessage(facts);
    expect(subject).toContain('TrueTalk');
    expect(subject).toContain('Nordlys Kundeservice ApS');
    expect(html).toContain(`href="${facts.link}"`);
    expect(text.split('\n')).toContain(facts.link);
    expect(html.replaceAll(facts.link, '')).not.toMatch(/https?:|src=|url\(|<img|<link|@import/);
    for (const part of [wordsIn(html), text]) {
      for (const words of ['Ærø Kommune', 'Dorthe Persson', 'Telenor A/S', '19433692', 'Frederikskaj 8']) {
        expect(part).toContain(words);
      }
      expect(part).not.toMatch(/undefined|null|NaN|\[object|[LCN][0-9a-f]{24}/);
    }
  });

  test('keeps the subject to one line of 200 characters, whatever the names in it', () => {
    const name = `Ond\r\nBcc: evil@evil.example\u2028\u0000\u202E${'😀'.repeat(300)}`;
    const { subject } = composeMessage(facedWith(name, factsFor(kind, { language })));
    expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
    expect(subject.length).toBeLessThanOrEqual(200);
    expect(subject).toContain('Ond Bcc: evil@evil.example');
  });

  test('puts a name with line breaks on one line', () => {
    const { text } = composeMessage(factsFor(kind, { language, controllerName: 'Kunde\r\n\r\nFrist: aldrig' }));
    expect(text).toContain('Kunde Frist: aldrig');
    expect(text).not.toMatch(/^Frist: aldrig/m);
  });
});

const KNOWN_TAGS = 'html head meta title style body div p h1 h2 a span i br strong table tr th td ul li hr'.split(' ');

describe('A notice', () => {
  const EXPECTED: Record<Language, string[]> = {
    da: [
      'udskiftning af Atlassian med Nordlys Kundeservice ApS som underdatabehandler ved levering af TrueTalk',
      'databehandlervilkårene for TrueTalk',
      'torsdag den 3. december 2026 kl. 23.59 dansk tid',
      'Fristen er 10 dage',
      'Underretningsdagen tælles ikke med',
      'tirsdag den 15. december 2026',
      'Aftalen med Atlassian udløber',
      'Danmark',
      'Søren Ærø, privacy@nordlys.example',
      'Opbevarer supportsager. Svarer på henvendelser.',
      'Navn og e-mailadresse',
      'Tyskland: inden for EØS, intet overførselsgrundlag nødvendigt',
      'USA: tilstrækkelighedsafgørelse efter GDPR artikel 45 (EU-US Data Privacy Framework), certificeret som Nordlys Inc.',
      'Indien: EU-Kommissionens standardkontraktbestemmelser (GDPR artikel 46)',
      'Irland: inden for EØS',
      'Australien',
      'kan ændringen gennemføres fra og med den planlagte dato',
      'Tavshed er ikke en godkendelse af noget andet',
      'En indsigelse uden grunde bliver afvist',
      'Linket er personligt for Ærø Kommune',
    ],
    en: [
      'the replacement of Atlassian by Nordlys Kundeservice ApS as a sub-processor for TrueTalk',
      'data processing terms for TrueTalk',
      'Thursday 3 December 2026 at 23:59 Danish time',
      'The period is 10 days',
      'The day of the notice is not counted',
      'Tuesday 15 December 2026',
      'The agreement with Atlassian expires',
      'Denmark',
      'Søren Ærø, privacy@nordlys.example',
      'Keeps tickets. Answers enquiries.',
      'Name and e-mail address',
      'Germany: within the EEA, no transfer basis needed',
      'United States: adequacy decision under GDPR Article 45 (EU-US Data Privacy Framework), certified as Nordlys Inc.',
      'India: the European Commission’s standard contractual clauses (GDPR Article 46)',
      'Ireland: within the EEA',
      'Australia',
      'the change can be carried out on or after the planned date',
      'Silence is no approval of anything else',
      'An objection without reasons is rejected',
      'The link is personal to Ærø Kommune',
    ],
  };
  const IN_BOTH = [
    'Nordlys Kundeservice ApS',
    '40112233',
    'Åboulevarden 1, 8000 Aarhus C',
    'Telenor A/S → Gintel AS → Nordlys Kundeservice ApS',
    'Level 6, 341 George Street, Sydney',
    'indsigelse@telenor.example',
    'Telenor A/S Frederikskaj 8',
  ];

  test.each(LANGUAGES)(
    'tells all that D2 asks for, the deadline, what silence means and how to object, in %s',
    (language) => {
      const shown = shownBy(factsFor('notice', { language }));
      for (const words of [...EXPECTED[language], ...IN_BOTH]) {
        expect(shown.html).toContain(words);
        expect(shown.text).toContain(words);
      }
    },
  );

  test('says product, sub-processor and deadline in its subject', () => {
    expect(composeMessage(factsFor('notice')).subject).toBe(
      'TrueTalk: Nordlys Kundeservice ApS erstatter underdatabehandler Atlassian – indsigelse senest 3. december 2026',
    );
    const addition = { change: aReplacement({ kind: 'addition', replaces: null }), replaced: null };
    expect(composeMessage(factsFor('notice', addition)).subject).toBe(
      'TrueTalk: ny underdatabehandler Nordlys Kundeservice ApS – indsigelse senest 3. december 2026',
    );
    expect(composeMessage(factsFor('notice', { ...addition, language: 'en' })).subject).toBe(
      'TrueTalk: new sub-processor Nordlys Kundeservice ApS – object by 3 December 2026',
    );
  });

  test('keeps the deadline in its subject however long the names are', () => {
    const { subject } = composeMessage(facedWith('Meget lang '.repeat(50), factsFor('notice')));
    expect(subject).toMatch(/ – indsigelse senest 3\. december 2026$/);
  });

  test('shows no replaced sub-processor in an addition', () => {
    const change = aReplacement({ kind: 'addition', replaces: null });
    const { text } = shownBy(factsFor('notice', { change, replaced: null }));
    expect(text).toContain('tilføjelse af Nordlys Kundeservice ApS som underdatabehandler');
    expect(text).not.toMatch(/UDGÅR|Sydney/);
  });

  test('shows Danish texts where no English ones were given', () => {
    const change = aReplacement({ reason: { da: 'Kun på dansk' } });
    expect(composeMessage(factsFor('notice', { change, language: 'en' })).text).toContain('Kun på dansk');
  });

  test('never breaks the link, however long it is', () => {
    const link = `https://varsel.example/${'a-b.c_d/'.repeat(60)}?x=1&y=2`;
    const { text, html } = composeMessage(factsFor('notice', { link }));
    expect(text.split('\n')).toContain(link);
    expect(html).toContain(`href="${link.replace('&', '&amp;')}"`);
  });

  test('writes a table as one label and value a line, and keeps line breaks inside a value', () => {
    const { text } = composeMessage(factsFor('notice'));
    expect(text).toContain('\nLand: Danmark\nKontaktperson: Søren Ærø, privacy@nordlys.example\n');
    expect(text).toContain('\nBeskrivelse af behandlingen: Opbevarer supportsager.\n  Svarer på henvendelser.\n');
    expect(text).toContain('overførselsgrundlag:\n  - Tyskland: inden for EØS');
  });

  test('is each contact’s own, though rendered once for all of them', () => {
    const facts = factsFor('notice');
    const links = ['https://varsel.example/1', 'https://varsel.example/2'];
    const [first, second] = links.map((link, index) =>
      composeMessage({ ...facts, link, controllerName: `Kunde ${index} $&`, contactName: `Kontakt ${index}` }),
    );
    for (const part of ['html', 'text'] as const) {
      expect(first?.[part]).toMatch(/varsel\.example\/1\b/);
      expect(first?.[part]).toContain('Kunde 0 $');
      expect(first?.[part]).not.toMatch(/varsel\.example\/2|Kunde 1|Kontakt 1/);
      expect(second?.[part]).not.toMatch(/varsel\.example\/1\b|Kunde 0|Kontakt 0/);
    }
  });

  test('follows every difference in content, also between changes of one id and after many others', () => {
    const deadlineIn = (days: number) => factsFor('notice').deadline?.add({ hours: 24 * days }) ?? null;
    for (let days = 0; days < 120; days++) composeMessage(factsFor('notice', { deadline: deadlineIn(days) }));
    expect(composeMessage(factsFor('notice', { deadline: deadlineIn(1) })).text).toContain(
      'fredag den 4. december 2026',
    );
    expect(composeMessage(factsFor('notice', { chain: ['Telenor A/S'] })).text).toContain(': Telenor A/S → Nordlys');
    expect(composeMessage(factsFor('notice', { replaced: anEntry({ address: 'Andetsteds 7' }) })).text).toContain(
      'Andetsteds 7',
    );
    const change = aReplacement({ reason: { da: 'En anden grund' } });
    expect(composeMessage(factsFor('notice', { change })).text).toContain('En anden grund');
    expect(composeMessage(factsFor('notice')).text).toContain('Aftalen med Atlassian udløber');
  });
});

describe('A message about an objection', () => {
  test('receipts give number, time with zone, sender and the text as received, its lines kept', () => {
    const { text, html } = composeMessage(factsFor('objection-received'));
    expect(text).toContain('Nummer: 42\nModtaget: mandag den 30. november 2026 kl. 14.05 dansk tid\n');
    expect(text).toContain('Fra: Bjørn Østergård, dpo@aeroe.example');
    expect(text).toContain('> Vi er uenige i overførslen.\n>\n>   1. Politik\n>   2. Risiko\n');
    expect(html).toContain('Vi er uenige i overførslen.<br><br>  1. Politik<br>  2. Risiko');
    expect(text).toContain('Ændringen kan ikke gennemføres, så længe indsigelsen er under behandling');
  });

  test('names another time zone than the Danish one', () => {
    const change = aReplacement({
      terms: { objectionWindowDays: 10, timeZone: 'America/New_York', rollForward: false },
    });
    expect(composeMessage(factsFor('objection-received', { change, language: 'en' })).text).toContain(
      'Received: Monday 30 November 2026 at 08:05 (America/New_York)',
    );
  });

  test('says so when there was no text and no sender', () => {
    const objection = anObjection({
      status: 'rejected',
      rejectedFor: 'reasons-required',
      reasons: null,
      from: { name: null, email: null },
    });
    const { text } = composeMessage(factsFor('objection-rejected', { objection }));
    expect(text).toContain('Der var ingen tekst.');
    expect(text).toContain('Fra: ikke oplyst');
  });

  test.each<[ObjectionRefusal, Language, RegExp]>([
    [
      'reasons-required',
      'da',
      /ikke indeholder specifikke grunde.*senest torsdag den 3\. december 2026 kl\. 23\.59 dansk tid/,
    ],
    ['reasons-required', 'en', /does not state specific reasons.*no later than Thursday 3 December 2026 at 23:59/],
    [
      'window-closed',
      'da',
      /efter fristen, som var torsdag den 3\. december.*gemt i sagen.*kan stadig vælge at acceptere/,
    ],
    [
      'window-closed',
      'en',
      /after the deadline, which was Thursday 3 December.*kept on record.*may still choose to accept/,
    ],
    ['window-not-open', 'da', /før I var underrettet om ændringen.*gemt i sagen.*sende den igen/],
    ['window-not-open', 'en', /before you had been notified.*kept on record.*send it again/],
    ['change-ended', 'da', /allerede var gennemført/],
    ['change-ended', 'en', /had already been carried out/],
  ])('a rejection for %s says why, and what that means, in %s', (rejectedFor, language, expected) => {
    const objection = anObjection({ status: 'rejected', rejectedFor });
    const change = aReplacement(rejectedFor === 'change-ended' ? { status: 'activated' } : {});
    const shown = shownBy(factsFor('objection-rejected', { objection, change, language }));
    expect(shown.html).toMatch(expected);
    expect(shown.text).toMatch(expected);
  });

  test('every ground of rejection has words that name no deadline where there is none', () => {
    for (const rejectedFor of OBJECTION_REFUSALS) {
      for (const language of LANGUAGES) {
        const objection = anObjection({ status: 'rejected', rejectedFor });
        const { text } = shownBy(factsFor('objection-rejected', { objection, language, deadline: null }));
        expect(text).not.toMatch(/3\.? de[cz]ember|null/i);
      }
    }
  });

  test.each<[Outcome, RegExp, RegExp]>([
    ['withdrawn', /I har skriftligt trukket indsigelsen tilbage/, /You have withdrawn the objection in writing/],
    ['accommodated', /løsning, som I har bekræftet skriftligt/, /solution that you have confirmed in writing/],
    ['agreement-ended', /Jeres aftale om TrueTalk er ophørt/, /Your agreement for TrueTalk has ended/],
    ['invalid', /registreret som ugyldig.*gentager en indsigelse/, /recorded as invalid.*repeats an objection/],
    [
      'change-withdrawn',
      /trukket den planlagte ændring tilbage.*ny, fuld frist/,
      /withdrawn the planned change.*new, full period/,
    ],
  ])('an objection resolved as %s is told so in words, with the explanation', (outcome, danish, english) => {
    const resolution = { outcome, explanation: 'Se\nbrevet', resolvedAt: Temporal.Now.instant(), resolvedBy: 'x' };
    const objection = anObjection({ status: 'resolved', resolution });
    for (const [language, expected] of [
      ['da', danish],
      ['en', english],
    ] as const) {
      const shown = shownBy(factsFor('objection-resolved', { objection, language }));
      expect(shown.html).toMatch(expected);
      expect(shown.text).toMatch(expected);
      expect(shown.text).toContain('Se brevet');
    }
  });
});

test('A withdrawal tells the change, the reason, and that windows and objections are at an end', () => {
  const { text } = shownBy(factsFor('change-withdrawn'));
  for (const words of [
    'udskiftning af Atlassian med Nordlys Kundeservice ApS',
    'Varslet: mandag den 23. november 2026',
    'Begrundelse: Adressen var forkert',
    'Jeres frist for indsigelse mod ændringen gælder ikke længere',
    'er indsigelsen hermed afsluttet',
    'ny underretning med en ny, fuld frist',
  ]) {
    expect(text).toContain(words);
  }
});

test('A message that lacks what it must tell is not written at all', () => {
  expect(() => composeMessage(factsFor('notice', { deadline: null }))).toThrow(/deadline/);
  for (const kind of ['objection-received', 'objection-rejected', 'objection-resolved'] as const) {
    expect(() => composeMessage(factsFor(kind, { objection: null }))).toThrow(/without its objection/);
  }
  expect(() => composeMessage(factsFor('objection-rejected', { objection: anObjection() }))).toThrow(/rejection/);
  expect(() => composeMessage(factsFor('objection-resolved', { objection: anObjection() }))).toThrow(/resolution/);
});
