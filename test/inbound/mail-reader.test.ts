import { expect, onTestFinished, test } from 'vitest';
import { mailReader, ReaderStopped } from '../../src/inbound/mail-reader.ts';

const aMail = (text: string) =>
  Buffer.from(`Subject: Svar\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`);

function reader(bounds?: Parameters<typeof mailReader>[0]): ReturnType<typeof mailReader> {
  const started = mailReader(bounds);
  onTestFinished(() => started.stop());
  return started;
}

test('mails that come at once are each read as itself', async () => {
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

/** A mail that takes this thread seconds and is broken off: an address list that needs more memory than there is. */
const breaksItsThread = Buffer.from(`From: ${'a@b.example, '.repeat(70_000)}c@d.example\r\n\r\nhej`);

test('a mail that breaks its thread takes no other mail with it', async () => {
  const threads = reader({ memoryMb: 24, threads: 2 });
  const read = await Promise.all(
    [breaksItsThread, aMail('a'), breaksItsThread, aMail('b'), aMail('c')].map((raw) => threads.read(raw)),
  );
  expect(read.map((mail) => mail?.text.trim())).toEqual([undefined, 'a', undefined, 'b', 'c']);
}, 60_000);

test('a mail overtakes one that takes long, and both are read', async () => {
  const threads = reader({ threads: 2 });
  await threads.read(aMail('a thread has started'));
  const ended: string[] = [];
  const read = async (name: string, raw: Buffer) => {
    await threads.read(raw);
    ended.push(name);
  };
  await Promise.all([read('slow', aMail('Vi gør indsigelse. '.repeat(600_000))), read('quick', aMail('Svar'))]);
  expect(ended.toSorted()).toEqual(['quick', 'slow']);
});

test('a mail that a stop comes before is not said to be unreadable', async () => {
  const threads = mailReader({ threads: 1 });
  const mails = [aMail('a'.repeat(5_000_000)), aMail('waits')].map((raw) => threads.read(raw));
  const outcomes = Promise.allSettled(mails);
  await threads.stop();
  expect(await outcomes).toEqual([
    { status: 'rejected', reason: expect.any(ReaderStopped) },
    { status: 'rejected', reason: expect.any(ReaderStopped) },
  ]);
  await expect(threads.read(aMail('later'))).rejects.toThrow(ReaderStopped);
});
