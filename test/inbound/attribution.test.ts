import { expect, test } from 'vitest';
import { cluesIn } from '../../src/inbound/attribution.ts';
import { readMail } from '../../src/inbound/read-mail.ts';
import { readingUnderTest } from '../support/mails.ts';

const { marks } = readingUnderTest();
const [REPLIED, QUOTED] = ['01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b', '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5c'];

async function cluesOf(mail: string) {
  const raw = Buffer.from(mail.replaceAll('\n', '\r\n'));
  return cluesIn(await readMail(raw), raw, marks);
}

test('a mail that is full of what looks like our marks is looked through so far, and its own are found', async () => {
  const anyTag = (number: number) => `reply+${number.toString(8).replaceAll(/[01]/g, 'a').padStart(42, 'a')}@x.example`;
  const tags = Array.from({ length: 20_000 }, (_, number) => `${anyTag(number)} <${crypto.randomUUID()}@x.example>`);
  const references = Array.from({ length: 1_000 }, (_, number) => marks.references.of(String(number + 1)));
  const clues = await cluesOf(`From: dpo@kunde-1.example
In-Reply-To: <${REPLIED}@telenor.example>
Subject: SV

reply+${marks.tags.tagOf(QUOTED)}@svar.telenor.example
${references.join('\n')}
${tags.join('\n')}
`);
  expect(clues.slice(0, 3)).toEqual([{ messageId: REPLIED }, { messageId: QUOTED }, { windowNumber: '1' }]);
  expect(clues).toHaveLength(102);
});
