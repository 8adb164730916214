// The README keeps its word: what it shows of `npm start` is what that gives, byte for byte but for
// the ports.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { commandsOf, ready, run, startLocally, type Started } from '../kit/local-start.ts';
import { until } from '../kit/router-surroundings.ts';

let started: Started;
/** The README's blocks of code, with the ports of this start. */
let blocks: readonly string[];

beforeAll(async () => {
  started = await startLocally();
  await ready(started);
  const { admin, envoy, extProc, metrics } = started.ports;
  await until('the router is ready', async () => {
    return (await fetch(`http://127.0.0.1:${admin}/readyz`)).status === 200;
  });
  const ports = new Map([
    ['8801', envoy],
    ['9190', metrics],
    ['8080', admin],
    ['50051', extProc],
  ]);
  const text = (await readFile('README.md', 'utf8')).replaceAll(
    /127\.0\.0\.1:(8801|9190|8080|50051)/g,
    (_match, port: string) => `127.0.0.1:${ports.get(port) ?? port}`,
  );
  blocks = [...text.matchAll(/^```\w*\n([^]*?)^```$/gm)].map(([, code = '']) => code);
}, 90_000);
afterAll(async () => {
  started.child.kill('SIGTERM');
  await started.exit;
});

function block(start: string): string {
  const found = blocks.find((one) => one.startsWith(start));
  if (found === undefined) throw new Error(`README.md has no block that starts with ${start}`);
  return found;
}

const linesOf = (text: string): readonly string[] =>
  text.replaceAll('\r', '').trimEnd().split('\n');

test('the banner, the first answer and the counters are what it shows', async () => {
  const banner = block('semantic-router-maas runs');
  expect(started.output()).toContain(banner);
  const [ask = '', stream = '', metrics = ''] = commandsOf(banner);
  const answer = linesOf(await run(ask));
  const told = linesOf(block('HTTP/1.1 200 OK'));
  expect(answer.filter((line) => /^(HTTP|x-vsr-)/.test(line))).toEqual(told);
  await run(stream);
  const counters = linesOf(block('semantic_router_tokens_total'));
  await until('both requests are counted', async () => {
    return linesOf(await run(metrics)).length === counters.length;
  });
  expect(linesOf(await run(metrics))).toEqual(counters);
});

test('what it says to try next gives what it shows', async () => {
  const [define = '', ...steps] = block('$ ask()').slice(2).split(/^\$ /m);
  expect(steps).toHaveLength(6);
  for (const step of steps) {
    const [command = '', ...output] = linesOf(step);
    expect([command, linesOf(await run(`${define}\n${command}`))]).toEqual([command, output]);
  }
});
