import { expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { validate } from './validate.ts';
import { memoryIo } from '../../test/kit/command-io.ts';

const valid = `
default_model: small
vllm_endpoints: [{ name: local, address: 127.0.0.1, port: 8000 }]
model_config: { small: {} }
`;
const warned = `${valid}strategie: priority\n`;
const invalid = `
default_model: missing
vllm_endpoints: [{ name: local, address: 127.0.0.1, port: 8000 }]
model_config:
  small: { preferred_endpoints: [nowhere] }
`;

async function run(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<{ code: number; out: string; err: string }> {
  const { io, written } = memoryIo(files);
  const code = await validate(args, io);
  return { code, ...written() };
}

test('a valid file is said to be, with what it holds', async () => {
  expect(await run(['a.yaml'], { 'a.yaml': valid })).toEqual({
    code: 0,
    out: 'a.yaml: valid (standalone mode, 1 model, 0 decisions)\n',
    err: '',
  });
});

test('a warning does not make a file invalid', async () => {
  const { code, out } = await run(['a.yaml'], { 'a.yaml': warned });
  expect(code).toBe(0);
  expect(out).toMatch(/^a\.yaml:5: warning: strategie: .*strategy.*\na\.yaml: valid/);
});

test('every problem has its line and path', async () => {
  const { code, out } = await run(['a.yaml'], { 'a.yaml': invalid });
  expect(code).toBe(1);
  const lines = out.trimEnd().split('\n');
  expect(lines[0]).toMatch(/^a\.yaml:2: default_model: /);
  expect(lines[1]).toMatch(/^a\.yaml:5: model_config\.small\.preferred_endpoints\[0\]: /);
  expect(lines.at(-1)).toBe('a.yaml: invalid (2 problems, 0 warnings)');
});

test('several files are each checked, standard input among them', async () => {
  const files = { 'a.yaml': valid, '-': invalid, 'c.yaml': valid };
  const { code, out } = await run(['a.yaml', '-', 'c.yaml'], files);
  expect(code).toBe(1);
  expect(out).toContain('a.yaml: valid');
  expect(out).toContain('stdin:2: default_model: ');
  expect(out).toContain('c.yaml: valid');
});

test('a file that is not there does not keep the others from being checked', async () => {
  const { code, out, err } = await run(['gone.yaml', 'a.yaml'], { 'a.yaml': invalid });
  expect(code).toBe(2);
  expect(err).toBe('semantic-router-maas validate: gone.yaml: there is no such file.\n');
  expect(out).toContain('a.yaml:2: ');
});

test.each([[[]], [['--strict', 'a.yaml']]])('called as %j, it says how', async (args) => {
  const { code, out, err } = await run(args);
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^semantic-router-maas validate: .+\n$/);
});

test('help', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  expect(out).toMatch(/^Usage: semantic-router-maas validate FILE/);
});

test('the reference configurations are valid', async () => {
  const names = ['config.yaml', 'config.maas.yaml', 'config.hybrid.yaml'];
  const files = Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, await readFile(`config/${name}`, 'utf8')] as const),
    ),
  );
  expect((await run(names, files)).code).toBe(0);
});
