import { expect, onTestFinished, test } from 'vitest';
import { mailReader } from '../../src/inbound/mail-reader.ts';

const aMail = (text: string) =>
  Buffer.from(`Subject: Svar\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`);

function reader(bounds?: Parameters<typeof mailReader>[0]): ReturnType<typeof mailReader> {
  const started = mailReader(bounds);
  onTestFinished(() => started.stop());
  return started;
}

test('mails that come at once are read one after another, each as itself', async () => {
  const thread = reader();
  const texts = Array.from({ length: 20 }, (_, number) => `Svar ${number}`);
  const found = await Promise.all(texts.map((text) => thread.read(aMail(text))));
  expect(found.map((mail) => mail?.text.trim())).toEqual(texts);
});

test('a mail that takes too long is given up, and the next one gets a new thread', async () => {
  const thread = reader({ withinMs: 1, memoryMb: 256 });
  expect(await thread.read(aMail('a'))).toBeNull();
  expect(await thread.read(aMail('b'))).toBeNull();
});

test('a mail that would take more memory than there is ends its thread and nothing else', async () => {
  const thread = reader({ withinMs: 20_000, memoryMb: 24 });
  expect(await thread.read(Buffer.from(`From: ${'a@b.example, '.repeat(70_000)}c@d.example\r\n\r\nhej`))).toBeNull();
  expect((await thread.read(aMail('Svar')))?.text.trim()).toBe('Svar');
}, 30_000);

test('one that no program can read is left to a person', async () => {
  const thread = reader();
  expect(await thread.read(Buffer.from(`X-Bomb: ${'a'.repeat(3_000_000)}\r\n\r\nhej`))).toBeNull();
});

test('of very many reports in one mail the first ones are read', async () => {
  const part = '--B\r\nContent-Type: message/delivery-status\r\n\r\nAction: failed\r\n\r\n';
  const raw = `Content-Type: multipart/report; boundary=B\r\n\r\n${part.repeat(500)}--B--\r\n`;
  const mail = await reader().read(Buffer.from(raw));
  expect(mail?.reports).toHaveLength(10);
  expect(mail?.attachments).toEqual([]);
});
