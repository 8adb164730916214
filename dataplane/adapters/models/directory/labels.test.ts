import { expect, test } from '@jest/globals';
import { areNamed, readLabels } from './labels.ts';

test.each([
  ['config.json of model hubs', { id2label: { 1: 'b', 0: 'a' }, label2id: { a: 0, b: 1 } }],
  ['a label file', { label_to_idx: { b: 1, a: 0 }, idx_to_label: { 0: 'a', 1: 'b' } }],
  ['a category file', { category_to_idx: { b: 1, a: 0 } }],
  ['a jailbreak file', { id_to_label: { 0: 'a', 1: 'b' }, label_to_id: { a: 0, b: 1 } }],
])('%s tells labels in the order of the model', (_, json) => {
  expect(readLabels(json)).toEqual(['a', 'b']);
});

test('a file without labels tells none', () => {
  expect(readLabels({ architectures: ['BertModel'], id2label: null })).toBeUndefined();
});

test('labels that an export numbered are not named', () => {
  expect(areNamed(['LABEL_0', 'LABEL_1'])).toBe(false);
  expect(areNamed(['LABEL_0', 'spam'])).toBe(true);
});

test.each([
  ['a gap', { id2label: { 0: 'a', 2: 'b' } }],
  ['a number twice', { label2id: { a: 0, b: 0 } }],
  ['a number that is none', { id2label: { first: 'a' } }],
  ['a label that is none', { id2label: { 0: 7 } }],
])('labels with %s are refused', (_, json) => {
  expect(() => readLabels(json)).toThrow(
    /^does not number its labels \(\w+\) from 0 without a gap$/,
  );
});

test('two orders that differ are refused', () => {
  const json = { id2label: { 0: 'a', 1: 'b' }, label2id: { a: 1, b: 0 } };
  expect(() => readLabels(json)).toThrow('contradicts itself about the order of its labels');
});
