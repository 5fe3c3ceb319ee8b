import { expect, test } from 'vitest';
import {
  chainInWords,
  countryName,
  dayInWords,
  deadlineDateInWords,
  deadlineInWords,
  inSeries,
  instantInWords,
  placeInWords,
  placesInWords,
  windowRuleInWords,
} from '../../src/domain/wording.ts';

const at = (text: string) => Temporal.Instant.from(text);
const COPENHAGEN = 'Europe/Copenhagen';

test.each([
  [
    '2026-12-03T23:00:00Z',
    'torsdag den 3. december 2026 kl. 23.59 dansk tid',
    'Thursday 3 December 2026 at 23:59 Danish time',
  ],
  ['2026-06-12T22:00:00Z', 'fredag den 12. juni 2026 kl. 23.59 dansk tid', 'Friday 12 June 2026 at 23:59 Danish time'],
  [
    '2028-02-29T23:00:00Z',
    'tirsdag den 29. februar 2028 kl. 23.59 dansk tid',
    'Tuesday 29 February 2028 at 23:59 Danish time',
  ],
  // The clocks are put forward and back on these last days.
  [
    '2026-03-29T22:00:00Z',
    'søndag den 29. marts 2026 kl. 23.59 dansk tid',
    'Sunday 29 March 2026 at 23:59 Danish time',
  ],
  [
    '2026-10-25T23:00:00Z',
    'søndag den 25. oktober 2026 kl. 23.59 dansk tid',
    'Sunday 25 October 2026 at 23:59 Danish time',
  ],
])('The exclusive deadline %s is told as the last minute of the last day', (deadline, danish, english) => {
  expect(deadlineInWords(at(deadline), COPENHAGEN, 'da')).toBe(danish);
  expect(deadlineInWords(at(deadline), COPENHAGEN, 'en')).toBe(english);
  expect(danish).toContain(deadlineDateInWords(at(deadline), COPENHAGEN, 'da'));
  expect(english).toContain(deadlineDateInWords(at(deadline), COPENHAGEN, 'en'));
});

test('A zone other than Denmark’s is named, also one whose midnight is skipped', () => {
  expect(deadlineInWords(at('2026-12-04T05:00:00Z'), 'America/New_York', 'en')).toBe(
    'Thursday 3 December 2026 at 23:59 (America/New_York)',
  );
  // Chile goes from 24:00 to 01:00 on 6 September 2026: that day begins at 01:00.
  const deadline = Temporal.PlainDate.from('2026-09-06').toZonedDateTime('America/Santiago').toInstant();
  expect(deadlineInWords(deadline, 'America/Santiago', 'da')).toBe(
    'lørdag den 5. september 2026 kl. 23.59 (America/Santiago)',
  );
});

test('An instant is told in the day and time of the zone, to the minute', () => {
  expect(instantInWords(at('2026-01-05T23:05:59.999Z'), COPENHAGEN, 'da')).toBe(
    'tirsdag den 6. januar 2026 kl. 00.05 dansk tid',
  );
});

test('Every weekday and month has its name', () => {
  const days = Array.from({ length: 12 }, (_, month) =>
    Temporal.PlainDate.from({ year: 2026, month: month + 1, day: 1 + month }),
  );
  for (const day of days) {
    const parts = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
    expect(dayInWords(day, 'da')).toBe(day.toLocaleString('da', parts));
    expect(dayInWords(day, 'en')).toBe(day.toLocaleString('en-GB', parts).replace(',', ''));
  }
});

test('The rule of the window says how days are counted, and what follows from rolling forward only where it applies', () => {
  const terms = { objectionWindowDays: 10, timeZone: COPENHAGEN, rollForward: false };
  expect(windowRuleInWords(terms, 'da')).toMatch(/10 dage .*tælles ikke med/);
  expect(windowRuleInWords(terms, 'en')).toMatch(/10 days .*not counted/);
  expect(windowRuleInWords({ ...terms, objectionWindowDays: 1 }, 'da')).toContain(' 1 dag ');
  expect(windowRuleInWords({ ...terms, objectionWindowDays: 1 }, 'en')).toContain(' 1 day ');
  expect(windowRuleInWords(terms, 'da')).not.toContain('helligdag');
  expect(windowRuleInWords({ ...terms, rollForward: true }, 'da')).toContain('udgangen af den næste arbejdsdag');
  expect(windowRuleInWords({ ...terms, rollForward: true }, 'en')).toContain('end of the next working day');
});

test('Places are told with their transfer basis', () => {
  const switzerland = { country: 'CH', transferBasis: { article: '45', decision: '2000/518' } } as const;
  expect(placeInWords(switzerland, 'da')).toBe(
    'Schweiz: tilstrækkelighedsafgørelse efter GDPR artikel 45 (Kommissionens afgørelse 2000/518)',
  );
  expect(placeInWords({ country: 'IN', transferBasis: { article: '46', instrument: 'BCR' } }, 'da')).toBe(
    'Indien: bindende virksomhedsregler (GDPR artikel 46)',
  );
  expect(placeInWords({ country: 'NO', transferBasis: null }, 'en')).toBe(
    'Norway: within the EEA, no transfer basis needed',
  );
  expect(placeInWords({ country: 'US', transferBasis: null }, 'en')).toBe('United States: no transfer basis stated');
});

test('Places with the same transfer basis are told on one line, each once, in the order given', () => {
  const clauses = { article: '46', instrument: 'SCC' } as const;
  const places = [
    { country: 'DE', transferBasis: null },
    { country: 'IN', transferBasis: clauses },
    { country: 'IE', transferBasis: null },
    { country: 'BR', transferBasis: clauses },
    { country: 'DE', transferBasis: null },
    { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Acme Inc.' } },
    { country: 'US', transferBasis: { article: '45', decision: 'DPF', certifiedAs: 'Acme Cloud Inc.' } },
  ] as const;
  expect(placesInWords(places, 'en')).toEqual([
    'Germany, Ireland: within the EEA, no transfer basis needed',
    'India, Brazil: the European Commission’s standard contractual clauses (GDPR Article 46)',
    'United States: adequacy decision under GDPR Article 45 (EU-US Data Privacy Framework), certified as Acme Inc.',
    'United States: adequacy decision under GDPR Article 45 (EU-US Data Privacy Framework), certified as Acme Cloud Inc.',
  ]);
  expect(placesInWords([], 'da')).toEqual([]);
});

test('A country without a known name is told by its code', () => {
  expect(countryName('DK', 'da')).toBe('Danmark');
  expect(countryName('', 'da')).toBe('');
  expect(countryName('<b>', 'da')).toBe('<b>');
});

test('A chain is told as a phrase, and names as a series', () => {
  expect(chainInWords(['Telenor A/S', 'Gintel AS', 'Acme A/S'])).toBe('Telenor A/S → Gintel AS → Acme A/S');
  expect(inSeries(['Google'], 'da')).toBe('Google');
  expect(inSeries(['Google', 'Userflow', 'Acme'], 'en')).toBe('Google, Userflow and Acme');
});
