import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { inboundAddresses } from '../../src/inbound/addresses.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';

const tags = inboundTags('a secret of the tests, of more than 32 bytes');
const id = randomUUID();

test.each(['svar.telenor.example', 'xn--svar-gra.telenor.example', 'xn--sr-lka.telenor.example'])(
  'under %s an address leads back to its message, in small letters and in capitals, and under no other domain',
  (domain) => {
    const addresses = inboundAddresses(domain, tags);
    const { returnPath, replyTo } = addresses.of(id);
    for (const address of [returnPath, replyTo, returnPath.toUpperCase(), replyTo.toUpperCase()]) {
      expect(addresses.messageIdOf(address)).toBe(id);
    }
    expect(addresses.messageIdOf(`${replyTo}.example`)).toBeNull();
    expect(addresses.messageIdOf(replyTo.replace('@', '@sub.'))).toBeNull();
    expect(addresses.messageIdOf(replyTo.split('@')[0] ?? '')).toBeNull();
    expect(addresses.messageIdOf(`${replyTo.split('@')[0]}@`)).toBeNull();
  },
);

test('a domain of Danish letters is the same written out and as the DNS has it', () => {
  const addresses = inboundAddresses('xn--sr-lka.telenor.example', tags);
  const [local = ''] = addresses.of(id).replyTo.split('@');
  expect(addresses.messageIdOf(`${local}@sør.telenor.example`)).toBe(id);
});
