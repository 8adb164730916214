import { expect, test } from '@jest/globals';
import { noticesOfSpec } from './notices.ts';
import { specSchema } from './spec.ts';

function paths(spec: object): string[] {
  return noticesOfSpec(specSchema.parse({ config: {}, ...spec })).map(({ path }) => path);
}

const trusting = { trustIncomingHeaders: true };
const gateway = [{ namespaceSelector: { matchLabels: { name: 'gateway' } } }];

test('a variable that the operator sets itself is told of', () => {
  const env = ['LOG_LEVEL', 'POD_IP', 'MODELS_DIR'].map((name) => ({ name, value: 'x' }));
  expect(paths({ env })).toEqual(['spec.env[1]']);
  expect(paths({ env, models: { claim: { name: 'm' } } })).toEqual(['spec.env[1]', 'spec.env[2]']);
});

test('believing headers of anybody is worth a word, believing those of a gateway is not', () => {
  const told = ['spec.auth.trustIncomingHeaders'];
  expect(paths({ auth: trusting })).toEqual(told);
  expect(paths({ auth: trusting, networkPolicy: { clientsFrom: gateway } })).toEqual([]);
  const off = { enabled: false, clientsFrom: gateway };
  expect(paths({ auth: trusting, networkPolicy: off })).toEqual(told);
  expect(paths({})).toEqual([]);
});
