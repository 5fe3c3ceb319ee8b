import { describe, expect, it } from 'vitest';
import { isLinkAddress, redactAddress } from '../../src/customer/link-address.ts';
import { objectionLinks } from '../../src/security/objection-links.ts';
import { newSecret } from '../../src/security/sessions.ts';
import { APP_SECRET } from '../support/webhooks.ts';

const ID = '01999a2e-5f1c-7d3e-8a4b-0c1d2e3f4a5b';
const TOKEN = objectionLinks(APP_SECRET).tokenOf(ID);
const percent = (text: string) => [...text].map((each) => `%${each.charCodeAt(0).toString(16)}`).join('');

/** Addresses that somebody who has a link can come by, or make up. */
const SPELLINGS = [
  `/objections/${TOKEN}`,
  `/objections/${TOKEN}?lang=en`,
  `/ob%6Aections/${percent(TOKEN)}`,
  `/ob%256Aections/${percent(percent(TOKEN))}`,
  `/objections%2F${TOKEN}`,
  `/objections%252f${TOKEN}`,
  `/OBJECTIONS/${TOKEN}x`,
  `/Objections/${TOKEN}`,
  `/x%3D${TOKEN}`,
  `/x?y=${TOKEN}`,
  `/x%3Fy=${TOKEN}`,
  `/x%23${TOKEN}`,
  `/x%00${TOKEN}%zz`,
  `//objections/${TOKEN}`,
  `http://varsel.example/objections/${TOKEN}`,
  `/v1/changes/${TOKEN}`,
  `/v1/objections/${TOKEN}/resolve`,
  `/objections/${TOKEN.slice(0, 20)}%0d%0a${TOKEN.slice(20)}`,
  `/objections/${TOKEN.slice(0, 20)}/${TOKEN.slice(20)}`,
  `/objections/${ID}/${TOKEN}`,
  `/objections/${TOKEN}/${TOKEN}`,
  `/objections/${TOKEN.slice(0, -1)}`,
  `/objection/${TOKEN.slice(0, -3)}`,
  `/${'%25'.repeat(20)}41${TOKEN}`,
];

describe('an address for logs and problems', () => {
  it.each(SPELLINGS)('has no token in it: %s', (address) => {
    const redacted = redactAddress(address);
    expect(redacted).toMatch(/^\/(?:.*\[token\].*|x|\[address\])$|^http:.*\[token\]$/);
    for (let at = 0; at + 12 <= TOKEN.length; at += 1) expect(redacted).not.toContain(TOKEN.slice(at, at + 12));
  });

  const SECRET = newSecret();
  it.each([
    `/console/sign-in/${SECRET}`,
    `/console/%73ign-in/${percent(SECRET)}`,
    `/console/sign-in%2F${SECRET}?to=x`,
    `/CONSOLE/sign-in/${SECRET}/x`,
    `/console/sign-in/${SECRET.slice(0, 20)}%0d%0a${SECRET.slice(20)}`,
    `/console/sign-in/${SECRET.slice(0, 25)}`,
    `/console/sign-in/passkey/${SECRET.slice(0, 29)}`,
    `http://varsel.example/console/sign-in/${SECRET}`,
  ])('has no link in it that signs somebody in: %#', (address) => {
    expect(redactAddress(address)).toBe('/console/sign-in/[token]');
  });

  it('keeps what says which page or operation was asked for', () => {
    const same = [
      '/',
      `/v1/changes/${ID}/controllers/kunde-1001/resend`,
      '/v1/controllers/k%C3%B8ge',
      '/register/truetalk.atom',
      '/console/sign-in',
      '/console/sign-in/passkey',
      '/console/sign-in/openid/callback',
      '/%zz',
    ];
    for (const address of same) expect(redactAddress(address)).toBe(address);
    expect(redactAddress(`/v1/changes/${ID}?limit=3`)).toBe(`/v1/changes/${ID}`);
    expect(redactAddress(`/objections/${TOKEN}/${ID}/withdraw?lang=da`)).toBe(`/objections/[token]/${ID}/withdraw`);
    expect(redactAddress('/objections/unknown')).toBe('/objections/[token]');
  });

  it('is known as a link however it is spelt', () => {
    for (const address of ['/objections/%zz', '/OBJECTIONS/%zz', '/ob%6Aections/%zz', '/objections%2F%zz']) {
      expect(isLinkAddress(address)).toBe(true);
    }
    for (const address of ['/objections', '/v1/objections/%zz', '/register/%zz'])
      expect(isLinkAddress(address)).toBe(false);
  });
});
