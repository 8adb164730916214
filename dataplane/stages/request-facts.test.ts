import { expect, test } from '@jest/globals';
import { isRequestProblem, readChatRequest } from '../domain/chat-request.ts';
import type { Analysers, Telemetry } from '../ports.ts';
import { RequestFacts } from './request-facts.ts';

function factsWith(analysers: Analysers): {
  readonly facts: RequestFacts;
  readonly counted: string[];
} {
  const body = { model: 'auto', messages: [{ role: 'user', content: 'hello' }] };
  const request = readChatRequest(Buffer.from(JSON.stringify(body)), 'chat.completions');
  if (isRequestProblem(request)) throw new Error(request.message);
  const counted: string[] = [];
  const ignore = (): void => undefined;
  const telemetry: Telemetry = {
    requestError: ignore,
    identityFallback: ignore,
    stageSeconds: ignore,
    signalUnavailable: (signal, reason) => {
      counted.push(`${signal}:${reason}`);
    },
  };
  return { facts: new RequestFacts(request, analysers, telemetry), counted };
}

test('a text is embedded once, whoever asks and however often', async () => {
  const embedded: string[] = [];
  const { facts } = factsWith({
    embedder: {
      id: 'e',
      dimensions: 1,
      embed: (text) => {
        embedded.push(text);
        const vector = Float32Array.of(1);
        return Promise.resolve({ vector, tokens: 1, unknownTokens: 0, truncated: false });
      },
    },
    categories: {
      labels: ['math'],
      classify: async (text, embed) => {
        await embed(text);
        return { unavailable: 'unsupported' };
      },
    },
    jailbreak: {
      detect: async (texts, embed) => {
        for (const { text } of texts) await embed(text);
        return { score: 0, families: [], tier: 'blend' };
      },
    },
  });
  await Promise.all([facts.category(), facts.category(), facts.jailbreak(), facts.embedding()]);
  expect(embedded).toEqual(['hello']);
});

test('what cannot be told is counted once a request, under its reason', async () => {
  const { counted, facts } = factsWith({
    categories: { labels: [], classify: () => Promise.resolve({ unavailable: 'unsupported' }) },
  });
  await Promise.all([facts.category(), facts.category(), facts.pii()]);
  expect(counted.toSorted()).toEqual(['domain:unsupported', 'pii:absent']);
});
