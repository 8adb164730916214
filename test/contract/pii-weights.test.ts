// Names of people, as the router finds them with the model that `npm run models` brings. Without it
// this fails, by intention: run `npm run models`.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { createPiiDetector } from '../../dataplane/adapters/analysers/pii-detector.ts';
import { modelsDataUrl } from '../../dataplane/adapters/models/data-files.ts';
import { openModels, type OpenModels } from '../../dataplane/adapters/models/open-models.ts';
import type { PiiSpan } from '../../dataplane/domain/findings.ts';
import { isUnavailable } from '../../dataplane/domain/unavailable.ts';
import { modelsFolder } from '../../dataplane/local/tools/models/ensure-models.ts';
import { keepingLog } from '../kit/keeping-log.ts';

interface Line {
  readonly text: string;
  readonly spans: readonly {
    readonly type: string;
    readonly start: number;
    readonly end: number;
  }[];
}

let models: OpenModels;
let lines: readonly Line[];
let found: readonly (readonly PiiSpan[])[];

beforeAll(async () => {
  const log: string[] = [];
  models = openModels({ directory: modelsFolder(), log: keepingLog(log) });
  await models.settled;
  if (models.piiTagger === undefined) throw new Error(`Run npm run models first. ${log.join(' ')}`);
  const detector = createPiiDetector({ tagger: () => models.piiTagger, deadlineMs: 60_000 });
  const set = await readFile(modelsDataUrl('eval/pii.jsonl'), 'utf8');
  lines = set
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  const all: (readonly PiiSpan[])[] = [];
  // One after the other: a model takes only so many at once.
  for (const { text } of lines) {
    const finding = await detector.find([text]);
    if (isUnavailable(finding)) throw new Error('the detector could not tell');
    expect(finding.tier).toBe('model');
    all.push((finding.spans[0] ?? []).filter(({ score }) => score >= 0.7));
  }
  found = all;
});

afterAll(() => models.close());

/** Exactly the labelled stretches, under their types. */
function figuresOf(type: string): { recall: number; precision: number } {
  const labelled = lines.flatMap(({ spans }, index) =>
    spans.filter((span) => span.type === type).map(({ end, start }) => `${index} ${start} ${end}`),
  );
  const said = found.flatMap((spans, index) =>
    spans.filter((span) => span.type === type).map(({ end, start }) => `${index} ${start} ${end}`),
  );
  const right = said.filter((span) => labelled.includes(span)).length;
  return { recall: right / labelled.length, precision: right / said.length };
}

test('names are found, and little else is taken for one', () => {
  const { precision, recall } = figuresOf('PERSON');
  expect(recall).toBeGreaterThanOrEqual(0.9);
  expect(precision).toBeGreaterThanOrEqual(0.93);
});

test.each(['EMAIL_ADDRESS', 'CREDIT_CARD', 'IBAN_CODE', 'US_SSN', 'IP_ADDRESS'])(
  'the model takes nothing from what the form of %s says',
  (type) => {
    const { precision, recall } = figuresOf(type);
    expect(recall).toBeGreaterThanOrEqual(0.97);
    expect(precision).toBeGreaterThanOrEqual(0.97);
  },
);
