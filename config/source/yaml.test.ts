import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { maxSourceBytes, readYaml } from './yaml.ts';

function faultsOf(text: string | Uint8Array): string[] {
  const source = readYaml(text);
  if (source.ok) throw new Error('nothing is wrong with the text');
  return source.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
}

function valueOf(text: string | Uint8Array): unknown {
  const source = readYaml(text);
  if (!source.ok) throw new Error(source.faults.map(({ message }) => message).join('\n'));
  return source.value;
}

describe('what is read', () => {
  test.each<[string, string, unknown]>([
    ['keys are always text', '8: a\ntrue: b', { '8': 'a', true: 'b' }],
    [
      'yes, no, on and off are text',
      'a: [yes, no, on, off, true]',
      { a: ['yes', 'no', 'on', 'off', true] },
    ],
    ['a date is text', 'a: 2026-01-31', { a: '2026-01-31' }],
    ['YAML 1.1 is read as 1.2', '%YAML 1.1\n---\na: yes', { a: 'yes' }],
    ['anchors', 'a: &x [1]\nb: *x', { a: [1], b: [1] }],
    [
      'merged keys',
      'a: &x {p: 1, q: 1}\nb: {<<: *x, q: 2}',
      { a: { p: 1, q: 1 }, b: { p: 1, q: 2 } },
    ],
    ['JSON', '{"a": [1, null]}', { a: [1, null] }],
    ['a byte order mark', '\ufeffa: 1', { a: 1 }],
    ['Windows line ends', 'a: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
  ])('%s', (_name, text, value) => {
    expect(valueOf(text)).toEqual(value);
    expect(valueOf(Buffer.from(text))).toEqual(value);
  });
});

describe('what is wrong, and where', () => {
  test.each<[string, string, string[]]>([
    ['nothing', '', ['1:1 is empty']],
    ['comments only', '# a\n\n# b\n', ['1:1 is empty']],
    [
      'two documents',
      'a: 1\n---\nb: 2\n',
      ['2:1 begins a second document, and a configuration is one'],
    ],
    [
      'repeated keys',
      'a: 1\nb:\n  c: 1\n  c: 2\n  d: {e: 1, e: 2}\n',
      ['4:3 the key "c" stands here and on line 3', '5:13 the key "e" stands here and on line 5'],
    ],
    ['no anchor', 'a:\n  - *b\n', ['2:5 there is no anchor &b before this line']],
    ['a tab', 'a:\n\tb: 1\n', ['2:1 Tabs are not allowed as indentation']],
    ['an open quote', 'a: "b\nc: 1\n', ['3:1 Missing closing "quote']],
    ['a key that is a list', '? [a]\n: b\n', ['1:3 With stringKeys, all keys must be strings']],
    ['a cycle', 'a: &a [*a]\n', ['1:1 is nested more than 64 levels deep']],
    [
      'a cycle of merges',
      'a: &a {<<: *a}\n',
      [expect.stringContaining('1:1 ') as unknown as string],
    ],
  ])('%s', (_name, text, faults) => {
    expect(faultsOf(text)).toEqual(faults);
  });

  test('bytes that are no UTF-8', () => {
    const bytes = Buffer.concat([Buffer.from('a: 1\nb: "ä"\nc: '), Buffer.from([0xff])]);
    expect(faultsOf(bytes)).toEqual(['3:1 is not valid UTF-8']);
  });

  test('a tag that nobody knows is a warning', () => {
    const source = readYaml('a: 1\nb: !!python/object x\n');
    expect(source.ok && source.warnings).toEqual([
      { line: 2, column: 4, message: 'Unresolved tag: tag:yaml.org,2002:python/object' },
    ]);
  });
});

describe('bounds', () => {
  const laughs = ['l0: &l0 [x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 10; level++) {
    laughs.push(
      `l${level}: &l${level} [${Array(9)
        .fill(`*l${level - 1}`)
        .join(', ')}]`,
    );
  }
  const tooDeep = 'is nested more than 64 levels deep';
  const manyAliases = 'uses anchors more than 1000 times, directly or through each other';

  test.each<[string, string, string]>([
    ['a billion laughs', laughs.join('\n'), manyAliases],
    ['aliases', `a: &a 1\nb:\n${'  - *a\n'.repeat(1001)}`, manyAliases],
    ['flow lists', '['.repeat(maxSourceBytes), tooDeep],
    ['flow maps', '{a: '.repeat(maxSourceBytes / 4), tooDeep],
    ['block lists', '- '.repeat(maxSourceBytes / 2), tooDeep],
    ['levels', `${'['.repeat(65)}${']'.repeat(65)}`, tooDeep],
    ['values', `[${'1,'.repeat(250_001)}]`, 'holds more than 250000 values'],
    ['length', ' '.repeat(maxSourceBytes + 1), 'is 1048577 bytes long; at most 1048576 are read'],
  ])('%s', (_name, text, message) => {
    expect(faultsOf(text).map((fault) => fault.replace(/^\d+:\d+ /, ''))).toEqual([message]);
  });

  test('no more faults than anybody reads', () => {
    expect(faultsOf('}'.repeat(maxSourceBytes))).toHaveLength(100);
    expect(faultsOf('a: 1\n'.repeat(5000))).toHaveLength(100);
  });

  test('what is just within them is read', () => {
    expect(readYaml(`${'['.repeat(64)}${']'.repeat(64)}`).ok).toBe(true);
    expect(readYaml(`a: &a 1\nb:\n${'  - *a\n'.repeat(1000)}`).ok).toBe(true);
  });
});

describe('where things stand', () => {
  const source = readYaml(
    ['base: &base', '  p: 1', 'list:', '  - x', '  - <<: *base', '    q: 2', 'same: *base'].join(
      '\n',
    ),
  );
  const place = (...path: (string | number)[]): string => {
    if (!source.ok) throw new Error('the text is right');
    const { line, column } = source.locate(path);
    return `${line}:${column}`;
  };

  test.each<[string, (string | number)[], string]>([
    ['a key', ['base', 'p'], '2:3'],
    ['an item', ['list', 0], '4:5'],
    ['a key in an item', ['list', 1, 'q'], '6:5'],
    ['a merged key stands where it was written', ['list', 1, 'p'], '2:3'],
    ['what an alias stands for', ['same', 'p'], '2:3'],
    ['what is missing is placed at what it would be in', ['list', 1, 'nothing'], '5:5'],
    ['what is under a scalar is placed at it', ['base', 'p', 'deeper', 3], '2:3'],
    ['the root', [], '1:1'],
  ])('%s', (_name, path, expected) => {
    expect(place(...path)).toBe(expected);
  });
});

test('any text is read or refused, never thrown at', () => {
  const signs = fc.constantFrom(
    ...'abc01:-?[]{},&*!|>\'"%#~ \n\t<.\\'.split(''),
    '<<: ',
    '\n  ',
    '---\n',
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(signs, { maxLength: 200 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const source = readYaml(text);
      const places = source.ok ? [source.locate(['a', 0, 'b'])] : source.faults;
      expect(places.length).toBeGreaterThan(0);
      for (const { line, column } of places) expect([line > 0, column > 0]).toEqual([true, true]);
    }),
    { numRuns: 2000 },
  );
});

test('whatever JSON can say is read as it is', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      fc.pre(value !== null);
      expect(valueOf(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});
