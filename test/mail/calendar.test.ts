import { describe, expect, test } from 'vitest';
import { LANGUAGES } from '../../src/domain/text.ts';
import { composeMessage } from '../../src/mail/compose.ts';
import type { MessageFacts } from '../../src/mail/message-view.ts';
import { TEMPLATES, type Template } from '../../src/mail/templates.ts';
import { aReplacement, aRequest, facedWith, factsFor, factsForTemplate } from './example-facts.ts';

const WITH_CALENDAR = ['notice', 'reminder', 'deadline-moved'] as const;

function calendarOf(facts: MessageFacts): string {
  return composeMessage(facts).attachments[0]?.content ?? expect.fail('no calendar file');
}

/** The properties of the event (RFC 5545), by name; the alarm's with "ALARM-" before them. Fails where the form is wrong. */
function parsed(source: string): Record<string, string> {
  expect(source.endsWith('\r\n')).toBe(true);
  expect(source.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/);
  for (const line of source.split('\r\n')) {
    expect(Buffer.byteLength(line), line).toBeLessThanOrEqual(75);
    expect(line).not.toContain('\uFFFD');
  }
  const open: string[] = [];
  const properties: Record<string, string> = {};
  for (const line of source
    .replace(/\r\n[ \t]/g, '')
    .trimEnd()
    .split('\r\n')) {
    const [, name, parameters, value] =
      /^([A-Z-]+)((?:;[A-Z-]+=(?:"[^"\p{Cc}]*"|[^";:,\p{Cc}]*))*):(\P{Cc}*)$/u.exec(line) ?? expect.fail(line);
    if (name === 'BEGIN') open.push(value ?? '');
    else if (name === 'END') expect(open.pop()).toBe(value);
    else {
      const key = `${open.at(-1) === 'VALARM' ? 'ALARM-' : ''}${name}`;
      expect(properties).not.toHaveProperty([key]);
      properties[key] = `${parameters}${value}`;
    }
  }
  expect(open).toEqual([]);
  return properties;
}

function unescaped(text: string | undefined): string {
  expect(text?.replace(/\\[\\;,nN]/g, '')).not.toMatch(/[\\;,]/);
  return (text ?? '').replace(/\\(.)/g, (_escape, character: string) => (character === 'n' ? '\n' : character));
}

describe.each(WITH_CALENDAR)('The calendar file of a %s', (kind) => {
  test('holds the last minute of the deadline in UTC, with an alarm the day before', () => {
    const facts = factsFor(kind);
    const { attachments } = composeMessage(facts);
    expect(attachments).toEqual([
      {
        filename: 'frist.ics',
        contentType: 'text/calendar; charset=utf-8; method=PUBLISH',
        content: expect.any(String),
      },
    ]);
    const event = parsed(calendarOf(facts));
    expect(event).toEqual({
      VERSION: '2.0',
      PRODID: '-//Varsel//Objection deadlines//EN',
      METHOD: 'PUBLISH',
      UID: '019ac0de00007000800000000000000c-019ac0de0000700080000000000000c1',
      DTSTAMP: '20261123T090004Z',
      SEQUENCE: '10',
      DTSTART: '20261203T225900Z',
      DTEND: '20261203T230000Z',
      ORGANIZER: ';CN="Telenor A/S"mailto:indsigelse@telenor.example',
      SUMMARY: 'Frist for indsigelse: Nordlys Kundeservice ApS (TrueTalk)',
      DESCRIPTION: expect.any(String),
      TRANSP: 'TRANSPARENT',
      'ALARM-ACTION': 'DISPLAY',
      'ALARM-TRIGGER': '-P1D',
      'ALARM-DESCRIPTION': 'Frist for indsigelse: Nordlys Kundeservice ApS (TrueTalk)',
    });
    expect(unescaped(event.DESCRIPTION)).toBe(
      'Udskiftning af Atlassian med Nordlys Kundeservice ApS som underdatabehandler ved levering af TrueTalk\n' +
        `Gør indsigelse her: ${facts.link}`,
    );
  });

  test('speaks English to those who read it', () => {
    const facts = factsFor(kind, { language: 'en' });
    expect(composeMessage(facts).attachments[0]?.filename).toBe('deadline.ics');
    const { SUMMARY, DESCRIPTION } = parsed(calendarOf(facts));
    expect(SUMMARY).toBe('Deadline for objections: Nordlys Kundeservice ApS (TrueTalk)');
    expect(unescaped(DESCRIPTION)).toMatch(/^The replacement of Atlassian .*\nObject here: https:/);
  });

  test.each([
    'Ond\r\nDTSTART:19700101T000000Z\r\nBEGIN:VALARM',
    'a;b,c\\n\\d:"e"',
    'Ærø 😀 '.repeat(60),
    '"; X="y":mailto:evil@evil.example',
    '\uD800',
  ])('keeps %j in its place', (hostile) => {
    for (const language of LANGUAGES) {
      const event = parsed(calendarOf(facedWith(hostile, factsFor(kind, { language }))));
      expect(event.DTSTART).toBe('20261203T225900Z');
      expect(event.ORGANIZER).toMatch(/^;CN="[^"]*"invalid:nomail$/);
      const name = hostile.replace(/\s+/g, ' ').trim().toWellFormed();
      expect(unescaped(event.SUMMARY).toWellFormed()).toContain(name);
    }
  });

  test('folds a link of any length, and shows it whole', () => {
    for (const length of [1, 20, 50, 73, 74, 75, 148, 149, 400]) {
      const link = `https://varsel.example/;,\\${'x'.repeat(length)}`;
      expect(unescaped(parsed(calendarOf(factsFor(kind, { link }))).DESCRIPTION)).toMatch(new RegExp(`x{${length}}$`));
      expect(unescaped(parsed(calendarOf(factsFor(kind, { link }))).DESCRIPTION)).toContain(link);
    }
  });
});

test('A later deadline corrects the appointment that an earlier message made, and is each controller’s own', () => {
  const notice = factsFor('notice', { deadline: Temporal.Instant.from('2026-12-02T23:00:00Z') });
  const moved = factsFor('deadline-moved', { composedAt: Temporal.Instant.from('2026-11-25T08:00:00Z') });
  const [first, second] = [notice, moved].map((facts) => parsed(calendarOf(facts)));
  expect(second?.UID).toBe(first?.UID);
  expect(Number(second?.SEQUENCE)).toBeGreaterThan(Number(first?.SEQUENCE));
  expect(second?.DTSTAMP).toBe('20261125T080000Z');
  const colleague = parsed(calendarOf({ ...notice, contactName: 'En anden', link: 'https://varsel.example/2' }));
  expect(colleague.UID).toBe(first?.UID);
  const other = parsed(calendarOf({ ...notice, controllerId: '019ac0de-0000-7000-8000-0000000000c2' }));
  expect(other.UID).not.toBe(first?.UID);
  expect(other.UID?.length).toBeLessThan(71);
});

test.each([
  ['2026-03-30T22:00:00Z', '20260330T215900Z'],
  ['2026-10-26T23:00:00Z', '20261026T225900Z'],
  ['2028-02-29T23:00:00Z', '20280229T225900Z'],
])('The deadline %s is told as %s, on either side of summer time', (deadline, expected) => {
  const facts = factsFor('notice', {
    change: aReplacement({ announcedAt: Temporal.Instant.from('2026-03-20T14:00:00Z') }),
    deadline: Temporal.Instant.from(deadline),
  });
  expect(parsed(calendarOf(facts)).DTSTART).toBe(expected);
});

test('A request tells the day to answer by, beside the deadline for objecting and apart from it', () => {
  const request = calendarOf(factsForTemplate('approval-request'));
  const events = request.split('BEGIN:VEVENT').slice(1);
  const [objecting, answering] = events.map((event) => {
    const [, uid] = /^UID:(.*)$/m.exec(event.replace(/\r\n[ \t]/g, '')) ?? [];
    return { uid, event: event.replace(/\r\n[ \t]/g, '') };
  });
  expect(events).toHaveLength(2);
  expect(objecting?.event).toContain('DTSTART:20261203T225900Z');
  expect(objecting?.event).toContain('SUMMARY:Frist for indsigelse: Nordlys Kundeservice ApS (TrueTalk)');
  expect(answering?.event).toContain('DTSTART:20261223T225900Z');
  expect(answering?.event).toContain('SUMMARY:Frist for svar om godkendelse: Nordlys Kundeservice ApS (TrueTalk)');
  expect(answering?.uid).not.toBe(objecting?.uid);
  const reminder = parsed(calendarOf(factsFor('approval-reminder')));
  expect(reminder.UID).toBe(answering?.uid);
  expect(unescaped(reminder.DESCRIPTION)).toMatch(/\nSvar her: https:/);
  const late = calendarOf(factsFor('late-notice', { change: aRequest() }));
  expect(late).not.toContain('Frist for indsigelse');
});

test('Messages that tell no deadline to meet bring no calendar file', () => {
  const withCalendar: readonly Template[] = [...WITH_CALENDAR, 'approval-request', 'approval-reminder'];
  for (const template of TEMPLATES.filter((each) => !withCalendar.includes(each))) {
    expect(composeMessage(factsForTemplate(template)).attachments).toEqual([]);
  }
});
