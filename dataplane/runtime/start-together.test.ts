import { expect, test } from '@jest/globals';
import { startTogether } from './start-together.ts';

function parts(): {
  readonly log: string[];
  readonly end: (name: string) => () => Promise<void>;
} {
  const log: string[] = [];
  return {
    log,
    end: (name) => () => {
      log.push(name);
      return Promise.resolve();
    },
  };
}

test('parts are ended in the opposite order, once', async () => {
  const { log, end } = parts();
  const together = await startTogether((started) => {
    started(end('first'));
    started(end('second'));
    return Promise.resolve('running');
  });
  expect([together.parts, log]).toEqual(['running', []]);
  await together.stop();
  await together.stop();
  expect(log).toEqual(['second', 'first']);
});

test('when one cannot start, those that run are ended', async () => {
  const { log, end } = parts();
  const together = startTogether((started) => {
    started(end('first'));
    return Promise.reject(new Error('the second cannot'));
  });
  await expect(together).rejects.toThrow('the second cannot');
  expect(log).toEqual(['first']);
});
