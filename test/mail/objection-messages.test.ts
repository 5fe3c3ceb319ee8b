import { describe, expect, test } from 'vitest';
import { OBJECTION_REFUSALS, type ObjectionRefusal, type Outcome } from '../../src/domain/objection.ts';
import { LANGUAGES, type Language } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { activated, aRejected, aReplacement, aResolved, factsFor, shownBy } from './example-facts.ts';

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
      terms: { ...aReplacement().terms, timeZone: 'America/New_York' },
    });
    expect(composeMessage(factsFor('objection-received', { change, language: 'en' })).text).toContain(
      'Received: Monday 30 November 2026 at 08:05 (America/New_York)',
    );
  });

  test('says so when there was no text and no sender', () => {
    const objection = { ...aRejected('reasons-required'), reasons: null, from: { name: null, email: null } };
    const { text } = composeMessage(factsFor('objection-rejected', { objection }));
    expect(text).toContain('Der var ingen tekst.');
    expect(text).toContain('Fra: ikke oplyst');
  });

  test.each<[ObjectionRefusal, Language, RegExp]>([
    [
      'reasons-required',
      'da',
      /ikke indeholder nogen grunde.*senest torsdag den 3\. december 2026 kl\. 23\.59 dansk tid/,
    ],
    ['reasons-required', 'en', /states no reasons.*no later than Thursday 3 December 2026 at 23:59/],
    [
      'window-closed',
      'da',
      /efter fristen, som var torsdag den 3\. december.*gemt i sagen.*kan dog vælge at behandle den, som om den var kommet i tide/,
    ],
    [
      'window-closed',
      'en',
      /after the deadline, which was Thursday 3 December.*kept on record.*may still choose to treat it as if it had come in time/,
    ],
    ['agreement-ended', 'da', /jeres aftale om TrueTalk .*var ophørt.*vedrører jer ikke længere.*gemt i sagen/],
    ['agreement-ended', 'en', /your agreement for TrueTalk had ended.*no longer concerns you.*kept on record/],
    ['change-ended', 'da', /allerede var gennemført/],
    ['change-ended', 'en', /had already been carried out/],
  ])('a rejection for %s says why, and what that means, in %s', (rejectedFor, language, expected) => {
    const objection = aRejected(rejectedFor);
    const change = rejectedFor === 'change-ended' ? activated(aReplacement()) : aReplacement();
    const shown = shownBy(factsFor('objection-rejected', { objection, change, language }));
    expect(shown.html).toMatch(expected);
    expect(shown.text).toMatch(expected);
  });

  test('every ground of rejection has words that name no deadline where there is none', () => {
    for (const rejectedFor of OBJECTION_REFUSALS) {
      for (const language of LANGUAGES) {
        const objection = aRejected(rejectedFor);
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
    const objection = aResolved({ outcome, explanation: 'Se\nbrevet' });
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
