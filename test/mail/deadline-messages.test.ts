import { describe, expect, test } from 'vitest';
import type { MessageKind } from '../../src/domain/message.ts';
import type { Language } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { aNordlys, aReplacement, activated, anAddition, anEntry, factsFor, oneLine, shownBy } from './example-facts.ts';

const AN_ADDITION = { change: anAddition() };

test.each<[MessageKind, Language, string]>([
  [
    'late-notice',
    'da',
    'TrueTalk: orientering om Nordlys Kundeservice ApS – fristen for indsigelse var 3. december 2026',
  ],
  [
    'late-notice',
    'en',
    'TrueTalk: information about Nordlys Kundeservice ApS – the deadline for objecting was 3 December 2026',
  ],
  ['reminder', 'da', 'TrueTalk: påmindelse – indsigelse mod Nordlys Kundeservice ApS – senest 3. december 2026'],
  ['reminder', 'en', 'TrueTalk: reminder – object to Nordlys Kundeservice ApS – by 3 December 2026'],
  ['deadline-moved', 'da', 'TrueTalk: ny, senere frist for indsigelse mod Nordlys Kundeservice ApS – 3. december 2026'],
  ['deadline-moved', 'en', 'TrueTalk: later deadline for objecting to Nordlys Kundeservice ApS – 3 December 2026'],
  ['change-activated', 'da', 'TrueTalk: gennemført – Nordlys Kundeservice ApS erstatter underdatabehandler Atlassian'],
  ['change-activated', 'en', 'TrueTalk: carried out – Nordlys Kundeservice ApS replaces sub-processor Atlassian'],
])('The subject of a %s in %s is "%s"', (kind, language, subject) => {
  expect(composeMessage(factsFor(kind, { language })).subject).toBe(`${subject} [VS-K7Q2-9F3M]`);
});

describe('A message', () => {
  test.each<[MessageKind, Language, string[]]>([
    [
      'late-notice',
      'da',
      [
        'Siden da er denne adresse blevet kontakt for jer',
        'Fristen for indsigelse er udløbet. Den var: torsdag den 3. december 2026 kl. 23.59 dansk tid',
        'kan vælge at behandle den, som om den var kommet i tide, så længe ændringen hverken er gennemført eller trukket tilbage',
        'Svar på denne e-mail, skriv til indsigelse@',
        'Planlagt dato: tirsdag den 15. december 2026',
      ],
    ],
    [
      'late-notice',
      'en',
      [
        'This address has become a contact of yours since then',
        'The deadline for objections has passed. It was: Thursday 3 December 2026 at 23:59 Danish time',
        'may choose to treat it as if it had come in time, as long as the change has been neither carried out nor withdrawn',
        'Planned date: Tuesday 15 December 2026',
      ],
    ],
    [
      'reminder',
      'da',
      [
        'Frist for indsigelse: torsdag den 3. december 2026 kl. 23.59 dansk tid',
        'Vi har ikke registreret en indsigelse fra jer',
        'Dette er kun en påmindelse. Den ændrer ikke jeres frist',
        'Det gælder kun den ændring, der er beskrevet her',
        'En indsigelse uden grunde bliver afvist',
        'Planlagt dato: tirsdag den 15. december 2026',
      ],
    ],
    [
      'reminder',
      'en',
      [
        'Deadline for objections: Thursday 3 December 2026 at 23:59 Danish time',
        'We have no objection from you on record',
        'This is only a reminder. It does not alter your deadline',
        'That holds only for the change described here',
        'Planned date: Tuesday 15 December 2026',
      ],
    ],
    [
      'deadline-moved',
      'da',
      [
        'Ny frist for indsigelse: torsdag den 3. december 2026 kl. 23.59 dansk tid',
        'Tidligere oplyst frist: onsdag den 2. december 2026 kl. 23.59 dansk tid. Den gælder ikke længere.',
        'En frist, vi har oplyst, bliver aldrig kortere',
      ],
    ],
    [
      'deadline-moved',
      'en',
      [
        'New deadline for objections: Thursday 3 December 2026 at 23:59 Danish time',
        'The deadline we told you earlier: Wednesday 2 December 2026 at 23:59 Danish time. It no longer applies.',
        'A deadline that we have told you never becomes shorter',
      ],
    ],
    [
      'change-activated',
      'da',
      [
        'Varslet: mandag den 23. november 2026 Gennemført: tirsdag den 15. december 2026',
        'Atlassian er udgået af listen',
        'ingen indsigelse var under behandling, da ændringen blev gennemført',
      ],
    ],
    [
      'change-activated',
      'en',
      [
        'Announced: Monday 23 November 2026 Carried out: Tuesday 15 December 2026',
        'Atlassian has been removed from the list',
        'no objection was pending, when the change was carried out',
      ],
    ],
  ])('of kind %s in %s tells what its reader must know', (kind, language, expected) => {
    const { text } = shownBy(factsFor(kind, { language }));
    for (const words of expected) expect(text).toContain(words);
  });

  test('that an addition is activated names no former sub-processor', () => {
    const change = activated(AN_ADDITION.change);
    for (const language of ['da', 'en'] as const) {
      const facts = factsFor('change-activated', { ...AN_ADDITION, change, language });
      expect(composeMessage(facts).text).not.toMatch(/Atlassian|udgået|removed/);
    }
  });
});

describe('The comparison with the replaced sub-processor', () => {
  test('says in words what changes and what does not', () => {
    const { text } = composeMessage(factsFor('notice', { language: 'en' }));
    expect(text).toContain('\nCountry (changes)\n  Today: Australia\n  Planned: Denmark\n');
    expect(text).toContain('\nRegistration number (changes)\n  Today: not stated\n  Planned: 40112233\n');
    expect(text).toContain(
      '\nPlace in the chain of processors (unchanged)\n  Telenor A/S → Gintel AS → Nordlys Kundeservice ApS\n',
    );
    expect(text).toContain(
      '\nPlaces of processing and transfer basis (changes)\n  Today:\n    - Ireland: within the EEA, no transfer basis needed\n  Planned:\n    - Germany',
    );
  });

  test('shows both chains where the place in them is another', () => {
    const { text } = composeMessage(
      factsFor('notice', { change: aReplacement({ replaced: anEntry({ parentId: null }) }) }),
    );
    expect(text).toContain(
      '\nPlads i databehandlerkæden (ændres)\n  I dag: Telenor A/S → Atlassian\n  Planlagt: Telenor A/S → Gintel AS → Nordlys Kundeservice ApS\n',
    );
  });

  test('takes a missing translation for no difference', () => {
    const replaced = anEntry({ personalData: { da: 'Navn og e-mailadresse' } });
    const { text } = shownBy(factsFor('notice', { change: aReplacement({ replaced }), language: 'en' }));
    expect(text).toContain('Categories of personal data (unchanged) Name and e-mail address');
  });
});

test('An English mail marks each text that there is in Danish only, for readers and for screen readers', () => {
  const change = aReplacement({
    reason: { da: 'Kun på <dansk>' },
    subProcessor: aNordlys({ processing: { da: 'Opbevarer sager' } }),
  });
  const { html, text } = composeMessage(factsFor('notice', { change, language: 'en' }));
  for (const danish of ['Kun på &lt;dansk&gt;', 'Opbevarer sager']) {
    expect(html).toContain(`<span lang="da">${danish}</span><br>`);
  }
  expect(oneLine(text)).toContain('Reason for the change: Kun på <dansk> (Available in Danish only.)');
  expect(oneLine(text)).toContain('Planned: Opbevarer sager (Available in Danish only.)');
  const danish = composeMessage(factsFor('notice', { change }));
  expect(danish.html).not.toContain('<span lang="da">');
  expect(danish.text).not.toContain('Danish only');
});
