import { describe, expect, test } from '@jest/globals';
import type { ConfigSource } from './observed.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';
import { readWanted, rememberWanted } from './wanted.ts';

const config = {
  default_model: 'small',
  vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
  model_config: { small: { preferred_endpoints: ['local'] } },
};
const inline: ConfigSource = { kind: 'inline' };

function resource(uid: string, generation: number, spec: object = { config }): SemanticRouterMaas {
  return {
    apiVersion: 'semantic-router.io/v1alpha1',
    kind: 'SemanticRouterMaas',
    metadata: { name: 'demo', namespace: 'team-a', uid, generation },
    spec,
  };
}

describe('what the user wants', () => {
  test('is a spec with its defaults and a configuration', () => {
    const wanted = readWanted(resource('a', 1), inline);
    expect(wanted.accepted).toMatchObject({ status: 'True', reason: 'Valid' });
    expect(wanted.spec?.suspend).toBe(false);
    expect(wanted.config?.text).toContain('default_model: small');
  });

  test('cannot be read from a wrong spec', () => {
    const wanted = readWanted(resource('a', 1, { config, replicas: -1 }), inline);
    expect(wanted).toMatchObject({ accepted: { reason: 'InvalidSpec' }, spec: undefined });
    expect(wanted.accepted.message).toContain('spec.replicas');
  });

  test('has no configuration where that is wrong, or not there', () => {
    const wrong = readWanted(resource('a', 1, { config: { default_model: 'none' } }), inline);
    expect(wrong).toMatchObject({ accepted: { reason: 'InvalidConfig' }, config: undefined });
    const spec = { configFrom: { configMap: { name: 'models' } } };
    const missing = { kind: 'missing', message: 'There is no ConfigMap models.' } as const;
    expect(readWanted(resource('a', 1, spec), missing)).toMatchObject({
      accepted: { reason: 'ConfigNotFound', message: 'There is no ConfigMap models.' },
      config: undefined,
    });
  });
});

describe('remembered', () => {
  test('it is read once for a generation', () => {
    const read = rememberWanted();
    const first = read(resource('a', 1), inline);
    expect(read(resource('a', 1), inline)).toBe(first);
    expect(read(resource('b', 1), inline)).not.toBe(first);
    const second = read(resource('a', 2, { config, suspend: true }), inline);
    expect(second.spec?.suspend).toBe(true);
  });

  test('it is read again when the text changes that the resource points at', () => {
    const read = rememberWanted();
    const spec = { configFrom: { configMap: { name: 'models' } } };
    const at = (text: string): ConfigSource => ({ kind: 'found', text, where: 'configmap/models' });
    const good = read(resource('a', 1, spec), at(JSON.stringify(config)));
    expect(good.config).toBeDefined();
    expect(read(resource('a', 1, spec), at(JSON.stringify(config)))).toBe(good);
    expect(read(resource('a', 1, spec), at('{}')).accepted.reason).toBe('InvalidConfig');
    const gone = { kind: 'missing', message: 'There is no ConfigMap models.' } as const;
    expect(read(resource('a', 1, spec), gone).accepted.reason).toBe('ConfigNotFound');
  });

  test('the oldest is forgotten when there is too much of it', () => {
    const read = rememberWanted(2_000);
    const first = read(resource('a', 1), inline);
    const second = read(resource('b', 1), inline);
    expect(read(resource('a', 1), inline)).toBe(first);
    read(resource('c', 1), inline);
    expect(read(resource('a', 1), inline)).toBe(first);
    expect(read(resource('b', 1), inline)).not.toBe(second);
  });
});
