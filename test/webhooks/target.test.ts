import { describe, expect, test } from 'vitest';
import { checkTarget, sharedLookup, type TargetPolicy } from '../../src/webhooks/target.ts';

const policy = (overrides: Partial<TargetPolicy> = {}): TargetPolicy => ({
  allowHttp: false,
  allowPrivate: false,
  resolve: () => Promise.resolve(['93.184.215.14']),
  ...overrides,
});
const leadingTo =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses);
const because = async (url: string, overrides: Partial<TargetPolicy> = {}) => {
  const target = await checkTarget(url, policy(overrides));
  return target.allowed ? target.address : target.because;
};

describe('A webhook', () => {
  test('goes to a name that leads to a public address, which is the one to connect to', async () => {
    expect(await because('https://example.com/hook')).toBe('93.184.215.14');
  });

  test.each(['http://example.com/', 'ftp://example.com/', 'example.com/hook', 'javascript:alert(1)', '', 'https://'])(
    'does not go to %s in production',
    async (url) => {
      expect(await because(url)).toBe('webhook-url-invalid');
    },
  );

  test('goes over http outside production', async () => {
    expect(await because('http://example.com/', { allowHttp: true })).toBe('93.184.215.14');
  });

  test.each(['https://user:pass@example.com/', 'https://user@example.com/', 'https://:pass@example.com/'])(
    'carries no credentials in its URL: %s',
    async (url) => {
      expect(await because(url)).toBe('webhook-url-invalid');
    },
  );

  test.each([22, 25, 53, 80, 110, 442, 444, 465, 587, 1_023, 0])('does not go to port %i', async (port) => {
    expect(await because(`https://example.com:${port}/`)).toBe('webhook-url-invalid');
    const local = { allowHttp: true, allowPrivate: true };
    if (port !== 80) expect(await because(`http://127.0.0.1:${port}/`, local)).toBe('webhook-url-invalid');
  });

  test.each([443, 1_024, 8_443, 65_535])('goes to port %i', async (port) => {
    expect(await because(`https://example.com:${port}/`)).toBe('93.184.215.14');
  });

  test('does not go to a name that leads to where a cloud tells its secrets', async () => {
    expect(await because('https://example.com/', { resolve: leadingTo('93.184.215.14', '168.63.129.16') })).toBe(
      'webhook-target-forbidden',
    );
  });

  test('does not go to a name without an address', async () => {
    expect(await because('https://example.com/', { resolve: () => Promise.reject(new Error('ENOTFOUND')) })).toBe(
      'webhook-target-unresolvable',
    );
    expect(await because('https://example.com/', { resolve: leadingTo() })).toBe('webhook-target-unresolvable');
  });

  test.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.1',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '100.100.100.200',
    '168.63.129.16',
    '2822734096',
    '192.0.0.192',
    '[::ffff:168.63.129.16]',
    '[fd00:ec2::254]',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[fe80::1]',
    '[fc00::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
    '[2002:7f00:1::]',
    '[5f00::1]',
  ])('does not go to the literal %s, which no look-up is made for', async (host) => {
    const resolve = () => Promise.reject(new Error('looked up'));
    expect(await because(`https://${host}/`, { resolve })).toBe('webhook-target-forbidden');
  });

  test.each([['127.0.0.1'], ['93.184.215.14', '10.0.0.1'], ['2606:2800:21f::1', '::1'], ['::ffff:192.168.0.1']])(
    'does not go to a name of whose addresses one is not public: %s %s',
    async (...addresses) => {
      expect(await because('https://example.com/', { resolve: leadingTo(...addresses) })).toBe(
        'webhook-target-forbidden',
      );
    },
  );

  test.each(['127.0.0.1', '10.1.2.3', '[::1]', '[fd00::1]'])(
    'goes to %s where private addresses are let through',
    async (host) => {
      expect(await because(`https://${host}/`, { allowPrivate: true })).toBe(host.replace(/[[\]]/g, ''));
    },
  );

  test.each([
    '169.254.169.254',
    '168.63.129.16',
    '[fd00:ec2::254]',
    '[fd00:0ec2:0:0::0254]',
    '[fd20:ce::254]',
    '224.0.0.1',
    '0.0.0.0',
  ])('does not go to %s even where private addresses are let through', async (host) => {
    expect(await because(`https://${host}/`, { allowPrivate: true })).toBe('webhook-target-forbidden');
  });

  test('prefers IPv4: many machines have names that lead to IPv6 and no way there', async () => {
    expect(await because('https://example.com/', { resolve: leadingTo('2606:2800:21f::1', '93.184.215.14') })).toBe(
      '93.184.215.14',
    );
  });
});

test('A name is looked up once for all who ask meanwhile, and anew for whoever asks afterwards', async () => {
  const lookups: PromiseWithResolvers<readonly string[]>[] = [];
  const resolve = sharedLookup(() => {
    const begun = Promise.withResolvers<readonly string[]>();
    lookups.push(begun);
    return begun.promise;
  });
  const url = 'https://example.com/hook';
  const asked = Array.from({ length: 4 }, () => because(url, { resolve }));
  expect(lookups).toHaveLength(1);
  lookups[0]?.resolve(['93.184.215.14']);
  expect(new Set(await Promise.all(asked))).toEqual(new Set(['93.184.215.14']));
  const again = because(url, { resolve });
  expect(lookups).toHaveLength(2);
  lookups[1]?.reject(new Error('ENOTFOUND'));
  expect(await again).toBe('webhook-target-unresolvable');
});
