import { expect, test } from '@jest/globals';
import type { TaggedSpan, TokenClassifier } from '../../ports.ts';
import { createPiiDetector } from './pii-detector.ts';

const text = 'Ann Lee, ann@example.org';

function tagging(answer: Awaited<ReturnType<TokenClassifier['tag']>>): TokenClassifier {
  return { id: 't', labels: [], tag: () => Promise.resolve(answer) };
}

async function typesWith(tagger: TokenClassifier | undefined): Promise<unknown> {
  const detector = createPiiDetector({ tagger: () => tagger, deadlineMs: 100 });
  const finding = await detector.find([text, '']);
  if ('unavailable' in finding) throw new Error('it cannot be unavailable');
  return { types: finding.spans.map((spans) => spans.map(({ type }) => type)), tier: finding.tier };
}

test('a name is found where a model is installed', async () => {
  const tags: TaggedSpan[] = [{ label: 'GIVEN_NAME', start: 0, end: 3, score: 0.9 }];
  expect(await typesWith(tagging(tags))).toEqual({
    types: [['PERSON', 'EMAIL_ADDRESS'], []],
    tier: 'model',
  });
});

test.each([
  ['no model is installed', undefined],
  ['the model cannot tell', tagging({ unavailable: 'deadline' })],
])('what has a form is found where %s', async (_, tagger) => {
  expect(await typesWith(tagger)).toEqual({ types: [['EMAIL_ADDRESS'], []], tier: 'structural' });
});
