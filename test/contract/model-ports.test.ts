// One suite for each port of models; local, remote and fake models all pass it.
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openModels } from '../../dataplane/adapters/models/open-models.ts';
import { remoteClassifier } from '../../dataplane/adapters/models/remote/remote-classifier.ts';
import { remoteEmbedder } from '../../dataplane/adapters/models/remote/remote-embedder.ts';
import type {
  Embedder,
  Embedding,
  ModelCallOptions,
  TaggedSpan,
  TextClassifier,
  TokenClassifier,
} from '../../dataplane/ports.ts';
import { fakeClassifier, fakeEmbedder, fakeTagger } from '../kit/models/fake-models.ts';
import { startModelEndpoint } from '../kit/models/model-endpoint.ts';
import {
  tinyEmbedder,
  tinyGuard,
  tinyTagger,
  writeTinyModel,
  type TinyModel,
} from '../kit/models/tiny-models.ts';
import { silentLog } from '../kit/silent-log.ts';

interface Opened<Port> {
  readonly port: Port;
  /** From now on the model fails at everything. */
  readonly breakDown: () => Promise<void>;
  readonly close: () => Promise<void>;
}

type Implementations<Port> = readonly (readonly [
  name: string,
  open: () => Promise<Opened<Port>>,
])[];

async function openLocal<Port>(
  model: TinyModel,
  role: 'embedding' | 'pii' | 'jailbreak',
  pick: (models: ReturnType<typeof openModels>) => Port | undefined,
): Promise<Opened<Port>> {
  const path = await mkdtemp(join(tmpdir(), 'srm-port-'));
  await writeTinyModel(path, model);
  const models = openModels({ [role]: { kind: 'directory', path }, log: silentLog });
  await models.settled;
  const port = pick(models);
  if (port === undefined) throw new Error(models.status()[0]?.problem);
  return {
    port,
    breakDown: () => models.close(),
    close: async () => {
      await models.close();
      await rm(path, { recursive: true });
    },
  };
}

async function openRemote<Port>(
  connect: (url: string) => { readonly port: Port },
): Promise<Opened<Port>> {
  const server = await startModelEndpoint({
    vectors: (text) => [Number(text.includes('red')), Number(text.includes('blue')), 0.1],
    scores: (text) =>
      text.includes('attack') ? { benign: 0.1, jailbreak: 0.9 } : { benign: 0.9, jailbreak: 0.1 },
  });
  return {
    port: connect(server.url).port,
    breakDown: () => {
      server.behave({ status: 500 });
      return Promise.resolve();
    },
    close: () => server.close(),
  };
}

function openFake<Port>({
  model,
  fail,
}: {
  readonly model: Port;
  readonly fail: (reason: 'failed') => void;
}): Promise<Opened<Port>> {
  return Promise.resolve({
    port: model,
    breakDown: () => {
      fail('failed');
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  });
}

/** Texts that a client may well send. */
const oddTexts = ['', ' \n\t', '\u0000\u200b', '😀'.repeat(500), '\ud800', 'x'.repeat(20_000)];
const patient: ModelCallOptions = { deadlineMs: 30_000 };

function suite<Port>(
  implementations: Implementations<Port>,
  tests: (opened: () => Opened<Port>) => void,
  ask: (port: Port, text: string, options?: ModelCallOptions) => Promise<object>,
): void {
  describe.each(implementations)('%s', (_, open) => {
    let opened: Opened<Port>;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(() => opened.close());
    tests(() => opened);

    test('no text makes it throw', async () => {
      for (const text of oddTexts) {
        expect(typeof (await ask(opened.port, text, patient))).toBe('object');
      }
    });

    test('a model that fails says so, and goes on saying so', async () => {
      await opened.breakDown();
      expect(await ask(opened.port, 'red attack')).toEqual({ unavailable: 'failed' });
      expect(await ask(opened.port, 'blue')).toEqual({ unavailable: 'failed' });
    });
  });
}

describe('an embedder', () => {
  suite<Embedder>(
    [
      ['local', () => openLocal(tinyEmbedder, 'embedding', ({ embedder }) => embedder)],
      [
        'remote',
        () =>
          openRemote((url) =>
            remoteEmbedder({ url: `${url}/v1/embeddings`, model: 'colours', dimensions: 3 }),
          ),
      ],
      ['fake', () => openFake(fakeEmbedder(16))],
    ],
    (opened) => {
      const embed = async (text: string): Promise<Embedding> =>
        (await opened().port.embed(text, patient)) as Embedding;

      test('it has a name and a length', () => {
        const { id, dimensions } = opened().port;
        expect(id).toMatch(/^[^@\s]+@[0-9a-f]+$/);
        expect(dimensions).toBeGreaterThan(0);
      });

      test('vectors have the length that it says, and are of length 1', async () => {
        const { vector, tokens } = await embed('red red blue');
        expect(vector).toHaveLength(opened().port.dimensions);
        expect(Math.hypot(...vector)).toBeCloseTo(1, 5);
        expect(tokens).toBe(3);
      });

      test('a text has the same vector each time, whatever is asked beside it', async () => {
        const alone = await embed('red blue');
        const beside = await Promise.all(['blue', 'red blue', 'red red red', 'red'].map(embed));
        expect(Array.from(beside[1]?.vector ?? [])).toEqual(Array.from(alone.vector));
        expect(Array.from(beside[0]?.vector ?? [])).not.toEqual(Array.from(alone.vector));
      });
    },
    (port, text, options) => port.embed(text, options),
  );
});

describe('a classifier of tokens', () => {
  suite<TokenClassifier>(
    [
      ['local', () => openLocal(tinyTagger, 'pii', ({ piiTagger }) => piiTagger)],
      [
        'fake',
        () =>
          openFake(
            fakeTagger({
              alice: { label: 'PERSON', score: 0.9 },
              paris: { label: 'CITY', score: 0.9 },
            }),
          ),
      ],
    ],
    (opened) => {
      test('it finds words by their offsets in UTF-16', async () => {
        const text = '😀 so alice went to paris.';
        const spans = (await opened().port.tag(text, patient)) as readonly TaggedSpan[];
        expect(spans.map(({ label, start, end }) => [label, text.slice(start, end)])).toEqual([
          ['PERSON', 'alice'],
          ['CITY', 'paris'],
        ]);
        expect(opened().port.labels).toEqual(['PERSON', 'CITY']);
      });

      test('it reads all of a long text', async () => {
        const text = `${'nothing here. '.repeat(40)}alice ${'or there. '.repeat(40)}alice`;
        const spans = await opened().port.tag(text, patient);
        expect(spans).toMatchObject([
          { start: 560, end: 565 },
          { start: text.length - 5, end: text.length },
        ]);
      });

      test('it finds nothing where nothing is', async () => {
        expect(await opened().port.tag('nothing here', patient)).toEqual([]);
      });
    },
    (port, text, options) => port.tag(text, options),
  );
});

describe('a classifier of texts', () => {
  suite<TextClassifier>(
    [
      [
        'local',
        () => openLocal(tinyGuard, 'jailbreak', ({ jailbreakClassifier }) => jailbreakClassifier),
      ],
      [
        'remote',
        () =>
          openRemote((url) =>
            remoteClassifier({ url: `${url}/classify`, labels: ['benign', 'jailbreak'] }),
          ),
      ],
      [
        'fake',
        () =>
          openFake(
            fakeClassifier(
              { attack: { benign: 0.1, jailbreak: 0.9 } },
              { benign: 0.9, jailbreak: 0.1 },
            ),
          ),
      ],
    ],
    (opened) => {
      test('each label has a probability', async () => {
        const { port } = opened();
        expect(port.labels).toEqual(['benign', 'jailbreak']);
        const scores = (await port.classify('hello', patient)) as ReadonlyMap<string, number>;
        expect([...scores.keys()]).toEqual(port.labels);
        expect(scores.get('benign')).toBeGreaterThan(0.5);
        expect([...scores.values()].reduce((sum, score) => sum + score, 0)).toBeCloseTo(1, 5);
      });

      test('a finding anywhere in a long text is one', async () => {
        const text = `${'hello '.repeat(50)}attack ${'hello '.repeat(50)}`;
        const scores = (await opened().port.classify(text, patient)) as ReadonlyMap<string, number>;
        expect(scores.get('jailbreak')).toBeGreaterThan(0.8);
      });
    },
    (port, text, options) => port.classify(text, options),
  );
});
