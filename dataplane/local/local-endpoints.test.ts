import { expect, test } from '@jest/globals';
import { routerConfigSchema } from '../../config/schema/index.ts';
import { pointAtBackend, pointAtSimulation, readBackend } from './local-endpoints.ts';

const config = routerConfigSchema.parse({
  default_model: 'm',
  model_config: { m: {} },
  vllm_endpoints: [
    { name: 'near', address: '127.0.0.1', port: 8000, weight: 3 },
    { name: 'far', address: 'vllm.example', port: 8000, tls: { server_name: 'vllm.example' } },
  ],
});

test.each([
  ['http://127.0.0.1:8000', { host: '127.0.0.1', port: 8000, tls: false }],
  ['http://vllm.example', { host: 'vllm.example', port: 80, tls: false }],
  ['https://vllm.example/', { host: 'vllm.example', port: 443, tls: true }],
  ['http://[::1]:8000', { host: '::1', port: 8000, tls: false }],
])('backend %s', (url, expected) => {
  expect(readBackend(url)).toEqual(expected);
});

test.each(['localhost:8000', 'ftp://x', 'http://x/v1', ''])('backend %j is refused', (url) => {
  expect(() => readBackend(url)).toThrow('--backend must be a URL');
});

test('a named backend stands in for every endpoint', () => {
  const backend = { host: '127.0.0.1', port: 1, tls: false };
  expect(pointAtBackend(config, backend).vllm_endpoints).toEqual([
    { name: 'near', weight: 3, address: '127.0.0.1', port: 1 },
    { name: 'far', weight: 1, address: '127.0.0.1', port: 1 },
  ]);
});

test('the simulation stands in for endpoints that do not answer, and for no others', async () => {
  const pointed = await pointAtSimulation({
    config,
    simulation: { host: '127.0.0.1', port: 9 },
    isReachable: (host) => Promise.resolve(host === '127.0.0.1'),
  });
  expect(pointed.simulated).toEqual(['far']);
  expect(pointed.config.vllm_endpoints).toEqual([
    config.vllm_endpoints[0],
    { name: 'far', weight: 1, address: '127.0.0.1', port: 9 },
  ]);
});
