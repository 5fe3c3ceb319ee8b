import { describe, expect, test } from 'vitest';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { aNordlys, aReplacement, anAddition, anEntry, facedWith, factsFor, shownBy } from './example-facts.ts';

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
      'kan vi tage Nordlys Kundeservice ApS i brug fra og med tirsdag den 15. december 2026',
      'Det gælder kun den ændring, der er beskrevet her',
      'En indsigelse uden grunde bliver afvist',
      'Svar på denne e-mail.',
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
      'we may engage Nordlys Kundeservice ApS from Tuesday 15 December 2026',
      'That holds only for the change described here',
      'An objection without reasons is rejected',
      'Reply to this e-mail.',
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
      'TrueTalk: Nordlys Kundeservice ApS erstatter underdatabehandler Atlassian – indsigelse senest 3. december 2026 [VS-K7Q2-9F3M]',
    );
    const addition = { change: anAddition() };
    expect(composeMessage(factsFor('notice', addition)).subject).toBe(
      'TrueTalk: ny underdatabehandler Nordlys Kundeservice ApS – indsigelse senest 3. december 2026 [VS-K7Q2-9F3M]',
    );
    expect(composeMessage(factsFor('notice', { ...addition, language: 'en' })).subject).toBe(
      'TrueTalk: new sub-processor Nordlys Kundeservice ApS – object by 3 December 2026 [VS-K7Q2-9F3M]',
    );
  });

  test('keeps the deadline in its subject however long the names are', () => {
    const { subject } = composeMessage(facedWith('Meget lang '.repeat(50), factsFor('notice')));
    expect(subject).toMatch(/ – indsigelse senest 3\. december 2026 \[VS-K7Q2-9F3M\]$/);
  });

  test('shows no replaced sub-processor in an addition', () => {
    const { text } = shownBy(factsFor('notice', { change: anAddition() }));
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
    const { text } = composeMessage(factsFor('notice', { change: anAddition() }));
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
    composeMessage(factsFor('notice'));
    expect(composeMessage(factsFor('notice', { deadline: deadlineIn(1) })).text).toContain(
      'fredag den 4. december 2026',
    );
    expect(
      composeMessage(factsFor('notice', { change: aReplacement({ subProcessor: aNordlys({ parentId: null }) }) })).text,
    ).toContain(': Telenor A/S → Nordlys');
    const moved = aReplacement({ replaced: anEntry({ address: 'Andetsteds 7' }) });
    expect(composeMessage(factsFor('notice', { change: moved })).text).toContain('Andetsteds 7');
    const change = aReplacement({ reason: { da: 'En anden grund' } });
    expect(composeMessage(factsFor('notice', { change })).text).toContain('En anden grund');
    expect(composeMessage(factsFor('notice')).text).toContain('Aftalen med Atlassian udløber');
  });
});
