import { expect, test } from '@jest/globals';
import { findIpAddresses } from './ip-address.ts';

const found = (text: string): string[] =>
  [...findIpAddresses(text)]
    .filter(({ score }) => score >= 0.7)
    .map(({ start, end }) => text.slice(start, end));

test.each([
  ['203.0.113.77 failed', '203.0.113.77'],
  ['http://198.51.100.23:8443/x', '198.51.100.23'],
  ['10.20.30.0/24', '10.20.30.0'],
  ['It is 192.168.17.40.', '192.168.17.40'],
  ['[2001:db8:85a3::8a2e:370:7334]:80', '2001:db8:85a3::8a2e:370:7334'],
  ['fe80::1c2d:3eff:fe4f:5a6b', 'fe80::1c2d:3eff:fe4f:5a6b'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:6'],
  ['::ffff:192.0.2.128', '::ffff:192.0.2.128'],
])('%s holds an address', (text, address) => {
  expect(found(text)).toEqual([address]);
});

test.each([
  'release 10.2.3.1',
  'v1.2.3.4',
  '1.2.3.4-beta',
  '1.2.3.4.5',
  '256.1.1.1 and 01.2.3.4',
  '127.0.0.1, 0.0.0.0 and 255.255.255.0',
  'at 12:30:45',
  'std::vector, dead::beef, a::b and ::1',
  '00:1B:44:11:3A:B7',
  '00:11:22:33:44:55:66:77',
  '1:2:3:4:5:6:7:8:9',
])('%s holds none', (text) => {
  expect(found(text)).toEqual([]);
});
