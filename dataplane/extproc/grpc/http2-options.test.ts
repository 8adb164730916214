import { expect, test } from '@jest/globals';
import { checkNodeVersion } from './http2-options.ts';

test.each(['22.10.0', '22.21.1', '24.0.0', '25.1.0'])('Node %s will do', (version) => {
  expect(() => {
    checkNodeVersion(version);
  }).not.toThrow();
});

test.each(['22.9.9', '20.20.2', '18.0.0'])('Node %s will not', (version) => {
  expect(() => {
    checkNodeVersion(version);
  }).toThrow(`needs Node 22.10 or later; this is ${version}`);
});
