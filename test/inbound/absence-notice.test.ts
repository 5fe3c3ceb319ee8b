import { expect, test } from 'vitest';
import { isAbsenceNotice } from '../../src/inbound/absence-notice.ts';
import { NO_NOTICE_ALONE, NOTICES, WORDS_OF_PEOPLE } from './absence-notices.ts';

const CONTEXT = {
  subjects: [],
  names: new Set(['mette', 'holm', 'dpo', 'havneby', 'example']),
  matter: new Set(['nordlys', 'truetalk']),
};

test.each(NOTICES)('a notice: %j', (text) => {
  expect(isAbsenceNotice(text, CONTEXT)).toBe(true);
});

test.each([...WORDS_OF_PEOPLE, ...NO_NOTICE_ALONE])("a person's words: %j", (text) => {
  expect(isAbsenceNotice(text, CONTEXT)).toBe(false);
});

test.each(NOTICES)('no notice hides what a person writes before, in or behind it: %j', (notice) => {
  for (const words of WORDS_OF_PEOPLE) {
    if (words === '') continue;
    const texts = [`${words}\n\n${notice}`, `${notice}\n\n${words}`, `${words} ${notice}`, `${notice}\n${words}`];
    for (const text of texts) expect(isAbsenceNotice(text, CONTEXT), text).toBe(false);
  }
});

test('a program may repeat a subject that has the words of an objection', () => {
  const subject = 'TrueTalk: ny underdatabehandler Nordlys Hosting ApS – indsigelse senest 12. marts 2026';
  const text = `Tak for din henvendelse "${subject.replace('Hosting ', 'Hosting\n')}". Vi vender tilbage.`;
  expect(isAbsenceNotice(text, CONTEXT)).toBe(false);
  expect(isAbsenceNotice(text, { ...CONTEXT, subjects: [subject] })).toBe(true);
});
