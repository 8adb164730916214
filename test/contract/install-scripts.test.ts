// What npm may run while it installs. A script that fetches from elsewhere than a package registry
// would break the installation where only registries are reached (docs/decisions/0011).
import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
  readonly packages: Readonly<Record<string, { readonly hasInstallScript?: boolean }>>;
};
const { allowScripts, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  readonly allowScripts: Readonly<Record<string, boolean>>;
  readonly dependencies: Readonly<Record<string, string>>;
};

const told = Object.entries(packages)
  .filter(([, { hasInstallScript }]) => hasInstallScript === true)
  .map(([path]) => path.replace(/^.*node_modules\//, ''));

test('no npm runs the script of onnxruntime-node: take hasInstallScript out of its entry', () => {
  expect(Object.keys(dependencies)).toContain('onnxruntime-node');
  expect(allowScripts['onnxruntime-node']).toBe(false);
  expect(told).not.toContain('onnxruntime-node');
});

test('of every other script it is said whether it may run', () => {
  expect(told).not.toEqual([]);
  expect(told.filter((name) => allowScripts[name] === undefined)).toEqual([]);
});
