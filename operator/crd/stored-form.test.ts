import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { specStructure } from './resource-schema.ts';
import { toStoredForm } from './stored-form.ts';

const schema = {
  type: 'object',
  properties: {
    a: { type: 'integer', default: 1 },
    section: {
      type: 'object',
      default: { b: 2 },
      properties: { b: { type: 'integer', default: 2 } },
    },
    list: { type: 'array', items: { type: 'object', properties: { b: { default: 2 } } } },
    map: { type: 'object', additionalProperties: { type: 'string', nullable: true } },
    open: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
  },
} as const;

test('defaults fill what is missing, at every level', () => {
  expect(toStoredForm({ list: [{}, { b: 3 }] }, schema).value).toEqual({
    ...{ a: 1, section: { b: 2 } },
    list: [{ b: 2 }, { b: 3 }],
  });
  expect(toStoredForm({ section: {} }, schema).value).toEqual({ a: 1, section: { b: 2 } });
});

test('null counts as left out, but where null is a value', () => {
  const written = { a: null, section: null, map: { x: null }, open: { y: null } };
  expect(toStoredForm(written, schema).value).toEqual({
    ...{ a: 1, section: { b: 2 } },
    ...{ map: { x: null }, open: { y: null } },
  });
});

test('unknown keys are dropped and told, but where they are kept', () => {
  const { value, dropped } = toStoredForm({ c: 1, section: { d: 1 }, open: { e: 1 } }, schema);
  expect(value).toEqual({ a: 1, section: { b: 2 }, open: { e: 1 } });
  expect(dropped).toEqual([
    { path: ['c'], known: ['a', 'section', 'list', 'map', 'open'] },
    { path: ['section', 'd'], known: ['b'] },
  ]);
});

test('what is stored stays as it is when it is stored again', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (written) => {
      const once = toStoredForm(written, specStructure()).value;
      expect(toStoredForm(once, specStructure())).toEqual({ value: once, dropped: [] });
    }),
  );
});

test('a default that was filled in belongs to one object alone', () => {
  const [one, other] = [1, 2].map(() => toStoredForm({}, schema).value as { section: object });
  expect(one?.section).not.toBe(other?.section);
});
