import { expect, test } from '@jest/globals';
import { billingMode } from './mode.ts';
import { maasIntegrationSchema } from './schema/maas-integration.ts';

test.each([
  [{}, 'standalone'],
  [{ enabled: false }, 'standalone'],
  [{ enabled: false, metrics: { internal_cost_calculation: true } }, 'standalone'],
  [{ enabled: true }, 'maas'],
  [{ enabled: true, metrics: { internal_cost_calculation: false } }, 'maas'],
  [{ enabled: true, metrics: { internal_cost_calculation: true } }, 'hybrid'],
])('%j is %s', (section, mode) => {
  expect(billingMode({ maas_integration: maasIntegrationSchema.parse(section) })).toBe(mode);
});
