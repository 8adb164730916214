import { expect, test } from '@jest/globals';
import { compareAnswers } from './compare-answers.ts';

test.each([
  ['identical', 'The capital is Paris.', ' The capital is\nParis. '],
  [
    'similar',
    'The capital of France is Paris, on the Seine.',
    'Paris, on the river Seine, is the capital of France.',
  ],
  ['different', 'Turn the firewall on in the settings.', 'Bananas contain potassium and fiber.'],
  ['different', '', 'Something'],
])('%s', (likeness, one, other) => {
  expect(compareAnswers(one, other)).toBe(likeness);
});
