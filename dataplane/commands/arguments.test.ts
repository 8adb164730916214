import { expect, test } from '@jest/globals';
import { modelsDirectory, readAddress, readPort, readSeconds } from './arguments.ts';

test('addresses', () => {
  expect(readAddress('--admin', '127.0.0.1:8080')).toEqual({ host: '127.0.0.1', port: 8080 });
  expect(readAddress('--admin', '[::1]:0')).toEqual({ host: '::1', port: 0 });
  for (const bad of ['8080', 'host:', 'host:99999', ':80', '::1:80']) {
    expect(() => readAddress('--admin', bad)).toThrow(`--admin must be HOST:PORT, not "${bad}".`);
  }
});

test('ports and seconds', () => {
  expect(readPort('--port', '8801')).toBe(8801);
  expect(() => readPort('--port', '70000')).toThrow('--port must be a port, not "70000".');
  expect(readSeconds('--drain-delay', '0.5')).toBe(0.5);
  for (const bad of ['', '-1', 'soon']) {
    expect(() => readSeconds('--drain-delay', bad)).toThrow('--drain-delay must be a number');
  }
});

test('the folder of the models is the flag’s, else the environment’s, else none', () => {
  const env = { MODELS_DIR: '/from/env' };
  expect(modelsDirectory('/from/flag', env)).toBe('/from/flag');
  expect(modelsDirectory(undefined, env)).toBe('/from/env');
  expect(modelsDirectory('', env)).toBeUndefined();
  expect(modelsDirectory(undefined, { MODELS_DIR: '' })).toBeUndefined();
  expect(modelsDirectory(undefined, {})).toBeUndefined();
});
