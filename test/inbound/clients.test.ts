import { expect, test } from 'vitest';
import { clientsBy } from '../../src/inbound/clients.ts';

const clientOf = clientsBy(['192.0.2.1', '10.0.0.0/8', '2001:db8:1::/48', '2001:db8:ffff::25']);

test.each([
  ['198.51.100.7', '198.51.100.7'],
  ['::ffff:198.51.100.7', '198.51.100.7'],
  ['::FFFF:c633:6407', '198.51.100.7'],
  ['2001:db8:2:3:4:5:6:7', '2001:db8:2:3::/64'],
  ['2001:db8:2:3::1', '2001:db8:2:3::/64'],
  ['2001:db8:2:4::1', '2001:db8:2:4::/64'],
  ['::1', '::/64'],
  ['', ''],
])('A client at %s is counted as %s', (address, key) => {
  expect(clientOf(address)).toEqual({ key, isTrusted: false });
});

test.each([
  '192.0.2.1',
  '::ffff:192.0.2.1',
  '10.255.0.1',
  '::ffff:10.1.2.3',
  '2001:db8:1:ffff::1',
  '2001:DB8:FFFF::25',
  '2001:db8:ffff:0:0:0:0:25',
])('A client at %s is trusted', (address) => {
  expect(clientOf(address).isTrusted).toBe(true);
});

test.each(['192.0.2.2', '11.0.0.1', '2001:db8:2::1', '2001:db8:ffff::26', '::a00:1', '::1'])(
  'A client at %s is not trusted',
  (address) => {
    expect(clientOf(address).isTrusted).toBe(false);
  },
);

test('Nobody is trusted where nobody is configured to be', () => {
  expect(clientsBy([])('127.0.0.1')).toEqual({ key: '127.0.0.1', isTrusted: false });
});
