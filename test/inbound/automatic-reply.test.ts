import { expect, test } from 'vitest';
import { judgeMail } from '../../src/inbound/judge-mail.ts';
import { readMail } from '../../src/inbound/read-mail.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import { factsFor } from '../mail/example-facts.ts';

const { subject: ours, text, html } = composeMessage(factsFor('notice'));
const original = { from: 'Telenor A/S <varsel@telenor.example>', subject: ours, text, html, theirs: '' };

async function takenAs(headers: readonly string[], body: string, hasNullSender: boolean): Promise<string> {
  const raw = [
    'From: Dorthe Persson <dpo@kunde-1.example>',
    ...headers,
    'Content-Type: text/plain; charset=utf-8',
    '',
    body,
  ].join('\r\n');
  const mail = await readMail(Buffer.from(raw));
  return judgeMail(mail, hasNullSender ? '' : 'dpo@kunde-1.example', { original }).takenAs;
}

const AWAY = 'Jeg er på ferie til den 16. marts.';

test.each([
  'nej tak',
  'Afvist',
  'vi godkender ikke Nordlys',
  'unacceptable',
  'abgelehnt',
  'indsigelse',
  'indsigelse mod Nordlys',
  'Sag 4711 – indsigelse registreret',
  'objection to TrueTalk',
  'vent',
  'STOP',
  'Nordlys udelukkes',
])('a subject that a person wrote is read by a person, above an absence notice and above nothing: %s', async (said) => {
  for (const prefix of ['Autosvar', 'Automatische Antwort', 'Out of office']) {
    for (const body of [AWAY, '']) {
      const headers = [
        `Subject: =?utf-8?B?${Buffer.from(`${prefix}: ${said}`).toString('base64')}?=`,
        'Auto-Submitted: auto-replied',
      ];
      expect(await takenAs(headers, body, true), `${prefix}: ${said}`).toBe('answer');
    }
  }
});

test.each([
  `Automatisk svar: ${ours}`,
  `Automatisk svar: ${ours.slice(0, 40)}`,
  `Ferie Re: ${ours}`,
  'Automatische Antwort: TrueTalk: ny underdatabehandler',
  'Autosvar fra Dorthe Persson',
  '[#4711] Din henvendelse er modtaget',
  'Ticket received: TrueTalk',
  'Fraværsbesked',
])('a subject of programs says no more than the notice below it: %s', async (subject) => {
  const headers = [`Subject: =?utf-8?B?${Buffer.from(subject).toString('base64')}?=`, 'Auto-Submitted: auto-replied'];
  expect(await takenAs(headers, AWAY, false)).toBe('automatic');
});

/** What ticket systems, rules and gateways set on what people write. */
const SIGNS: readonly (readonly string[])[] = [
  ['Auto-Submitted: auto-generated', 'X-Mailer: Zendesk Mailer', 'X-Auto-Response-Suppress: All'],
  ['Auto-Submitted: auto-generated', 'Precedence: bulk', 'X-JIRA-FingerPrint: abc'],
  ['Auto-Submitted: auto-replied'],
  ['X-Autorespond: yes', 'X-Autoreply: yes'],
  ['X-Notice-Id: 01a22633-e468-760c-9956-b3a444ccafaf', 'X-Auto-Response-Suppress: OOF, AutoReply'],
];
test.each([
  [
    'Zendesk',
    '##- Skriv svar over denne linje -##\n\nDorthe Persson\n3. mar. 2026 10.12\n\nHej Telenor, det siger vi nej til.',
  ],
  ['Jira', '—-—-—-—\nSvar over denne linje.\n\nDorthe Persson kommenterede:\n\nVi kan ikke acceptere Nordlys.'],
  ['osTicket', '-- reply above this line --\nHi,\n\nNo.\n\nTicket #4711'],
  ['ServiceNow', 'Comments: 03-03-2026 10:12 - Dorthe Persson\nWe would like to discuss this.\n\nRef:MSG0012345'],
  ['OTRS', 'Sehr geehrte Damen und Herren,\n\nwir stimmen dem nicht zu.\n\nIhr Team'],
  ['TOPdesk', 'Din henvendelse M2603 0001 er afsluttet med: Nordlys kommer ikke på listen.'],
  ['nobody', 'Hvor ligger serverne?'],
  ['nobody', 'Vent med at tage leverandøren i brug, til vi vender tilbage.'],
  ['nobody', 'Kein Zugriff für Nordlys.'],
  ['nobody', `${AWAY} Vi gør dog indsigelse mod Nordlys.`],
])('what people write through %s is read by a person: %j', async (_system, body) => {
  for (const signs of SIGNS) {
    for (const hasNullSender of [true, false]) {
      expect(await takenAs([`Subject: SV: TrueTalk`, ...signs], body, hasNullSender), signs.join()).toBe('answer');
    }
  }
});
