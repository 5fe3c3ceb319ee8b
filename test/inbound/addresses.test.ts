import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { inboundAddresses, type InboundAddresses } from '../../src/inbound/addresses.ts';
import { inboundTags } from '../../src/security/inbound-tags.ts';

const tags = inboundTags('a secret of the tests, of more than 32 bytes');
const id = randomUUID();

/** The message that an address is for. */
function messageOf(addresses: InboundAddresses, address: string): string | null {
  const recipient = addresses.recipientOf(address);
  return recipient?.kind === 'message' ? recipient.messageId : null;
}

test.each(['svar.telenor.example', 'xn--svar-gra.telenor.example', 'xn--sr-lka.telenor.example'])(
  'under %s an address leads back to its message, in small letters and in capitals, and under no other domain',
  (domain) => {
    const addresses = inboundAddresses(domain, tags);
    const { returnPath, replyTo } = addresses.of(id);
    for (const address of [returnPath, replyTo, returnPath.toUpperCase(), replyTo.toUpperCase()]) {
      expect(messageOf(addresses, address)).toBe(id);
    }
    expect(messageOf(addresses, `${replyTo}.example`)).toBeNull();
    expect(messageOf(addresses, replyTo.replace('@', '@sub.'))).toBeNull();
    expect(messageOf(addresses, replyTo.split('@')[0] ?? '')).toBeNull();
    expect(messageOf(addresses, `${replyTo.split('@')[0]}@`)).toBeNull();
  },
);

test('a domain of Danish letters is the same written out and as the DNS has it', () => {
  const addresses = inboundAddresses('xn--sr-lka.telenor.example', tags);
  const [local = ''] = addresses.of(id).replyTo.split('@');
  expect(messageOf(addresses, `${local}@sør.telenor.example`)).toBe(id);
});

describe('A relay’s own writing before a return path', () => {
  const addresses = inboundAddresses('svar.telenor.example', tags);
  const [local = ''] = addresses.of(id).returnPath.split('@');

  test.each([
    ['SRS, undecoded', `SRS0=HHHH=TT=svar.telenor.example=${local}@relay.example`],
    ['SRS over a second relay', `SRS1=GGGG=relay.example==HHHH=TT=svar.telenor.example=${local}@relay2.example`],
    ['SRS with another separator', `SRS0+HHHH=TT=svar.telenor.example=${local}@relay.example`],
    ['SRS in capitals', `SRS0=HHHH=TT=svar.telenor.example=${local}@relay.example`.toUpperCase()],
    ['SRS that comes to our own domain', `SRS0=HHHH=TT=svar.telenor.example=${local}@svar.telenor.example`],
    ['BATV', `prvs=0123456789=${local}@svar.telenor.example`],
  ])('%s: does not hide its tag', (_name, address) => {
    expect(addresses.recipientOf(address)).toEqual({ kind: 'message', sentTo: address, messageId: id });
  });

  test.each([
    `SRS0=HHHH=TT=other.example=${local}@relay.example`,
    `SRS0=HHHH=TT=svar.telenor.example=x${local}@relay.example`,
    `SRS0=HHHH=TT=svar.telenor.example=${local}x@relay.example`,
    `SRS2=HHHH=TT=svar.telenor.example=${local}@relay.example`,
    `svar.telenor.example=${local}@relay.example`,
    `prvs=0123456789=${local}@relay.example`,
  ])('is none in %s', (address) => {
    expect(addresses.recipientOf(address)).toBeNull();
  });
});

describe('A listed address', () => {
  const listed = ['varsel@telenor.example', 'Jura+Aftaler@xn--sr-lka.example'];
  const addresses = inboundAddresses('svar.telenor.example', tags, listed);

  test.each([
    'varsel@telenor.example',
    'VARSEL@Telenor.Example',
    'varsel+sag-7@telenor.example',
    'varsel+@telenor.example',
    'jura+aftaler@sør.example',
    'JURA+AFTALER+2026@XN--SR-LKA.example',
  ])('takes what is sent to %s', (sentTo) => {
    expect(addresses.recipientOf(sentTo)).toEqual({ kind: 'untagged', sentTo });
  });

  test.each([
    'varsel',
    'varsel@',
    '@telenor.example',
    'varsel@telenor.example.evil.example',
    'varsel@sub.telenor.example',
    'varsel2@telenor.example',
    'varsel-sag@telenor.example',
    'x+varsel@telenor.example',
    'jura@sør.example',
    'jura+andet@sør.example',
    'varsel@[127.0.0.1]',
  ])('takes nothing that is sent to %s', (sentTo) => {
    expect(addresses.recipientOf(sentTo)).toBeNull();
  });

  test('of the notices’ own domain does not hide a tag', () => {
    const both = inboundAddresses('telenor.example', tags, ['reply@telenor.example']);
    expect(messageOf(both, both.of(id).replyTo)).toBe(id);
    expect(both.recipientOf('reply@telenor.example')).toMatchObject({ kind: 'untagged' });
  });
});
