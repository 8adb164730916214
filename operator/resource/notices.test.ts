import { expect, test } from '@jest/globals';
import { noticesOfSpec } from './notices.ts';
import { specSchema } from './spec.ts';

function paths(spec: object): string[] {
  return noticesOfSpec(specSchema.parse({ config: {}, ...spec })).map(({ path }) => path);
}

const trusting = { trustIncomingHeaders: true };
const gateway = [{ namespaceSelector: { matchLabels: { name: 'gateway' } } }];

test('believing headers of anybody is worth a word, believing those of a gateway is not', () => {
  const told = ['spec.auth.trustIncomingHeaders'];
  expect(paths({ auth: trusting })).toEqual(told);
  expect(paths({ auth: trusting, networkPolicy: { clientsFrom: gateway } })).toEqual([]);
  const off = { enabled: false, clientsFrom: gateway };
  expect(paths({ auth: trusting, networkPolicy: off })).toEqual(told);
  expect(paths({})).toEqual([]);
});
