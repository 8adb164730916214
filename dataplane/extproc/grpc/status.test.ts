import { expect, test } from '@jest/globals';
import { trailersOf } from './status.ts';

test('a message keeps to printable ASCII on the wire', () => {
  expect(trailersOf({ code: 0 })).toEqual({ 'grpc-status': '0' });
  expect(trailersOf({ code: 3, message: 'plain ~ text' })['grpc-message']).toBe('plain ~ text');
  const odd = '100 % sure\n– é \u{1f600}';
  const encoded = trailersOf({ code: 3, message: odd })['grpc-message'] ?? '';
  expect(encoded).toMatch(/^[ -~]+$/);
  expect(decodeURIComponent(encoded)).toBe(odd);
});
