// What was measured of the operator, as Markdown. Pure.
import type { AuditedRequest } from '../../kit/control-plane/audit.ts';
import { number, table, withRange } from '../markdown.ts';
import { factRows, type PartFacts } from '../part-facts.ts';
import { spreadOf, type Spread } from '../summary.ts';
import type { OperatorResults } from './operator-part.ts';
import type { OperatorRun } from './operator-run.ts';
import { isWrite } from './operator-run.ts';

/** Wall time to that of the bare loop. */
const goal = 1.5;

export function operatorSection(results: OperatorResults, facts: PartFacts): string {
  return [verdict(results), figures(results), requestTable(results), factTable(facts)].join('\n\n');
}

function ratioOf({ pairs }: OperatorResults): Spread | undefined {
  return spreadOf(pairs.map(({ operator, bare }) => operator.wallMs / bare.wallMs));
}

function verdict(results: OperatorResults): string {
  const ratio = ratioOf(results);
  const isMet = ratio !== undefined && ratio.median <= goal;
  return `**Goal ${isMet ? 'met' : 'missed'}:** ${results.count} resources created at once take ${withRange(ratio)} times as long as a bare loop that makes the same writes; the limit is ${goal}.`;
}

function figures(results: OperatorResults): string {
  const { count, pairs } = results;
  const of = (figure: (run: OperatorRun) => number): Spread | undefined =>
    spreadOf(pairs.map(({ operator }) => figure(operator)));
  const perResource = (bytes: (run: OperatorRun) => number): string =>
    plain(of((run) => bytes(run) / count / 1024));
  const rows = [
    ['until all are reported, s', plain(of(({ wallMs }) => wallMs / 1000))],
    ['the bare loop, s', plain(spreadOf(pairs.map(({ bare }) => bare.wallMs / 1000)))],
    ['operator ÷ bare loop', withRange(ratioOf(results))],
    ["the operator's CPU per resource, ms", plain(of((run) => (run.cpuSeconds / count) * 1000))],
    ['reconciles per resource', plain(of(({ reconciles }) => reconciles / count))],
    [
      'resident memory with no resource, MB',
      plain(of(({ memory }) => mega(memory.before.settledRssBytes))),
    ],
    ['resident memory with all, MB', plain(of(({ memory }) => mega(memory.after.settledRssBytes)))],
    ['the same before a collection, MB', plain(of(({ memory }) => mega(memory.after.rssBytes)))],
    [
      'resident memory per resource, KiB',
      perResource(({ memory }) => memory.after.settledRssBytes - memory.before.settledRssBytes),
    ],
    [
      'objects in use per resource, KiB',
      perResource(({ memory }) => memory.after.heapBytes - memory.before.heapBytes),
    ],
    [
      'restarted with all: until caches are filled, s',
      plain(of(({ restart }) => restart.readyMs / 1000)),
    ],
    ['writes after the restart', plain(of(({ restart }) => restart.writes))],
  ];
  return table(['', 'median (range)'], rows);
}

function requestTable({ count, pairs }: OperatorResults): string {
  const counted = Map.groupBy(
    pairs.flatMap(({ operator }) => operator.requests),
    ({ verb, resource }) => `${verb} ${resource}`,
  );
  const per = (requests: readonly AuditedRequest[]): string =>
    number(requests.length / pairs.length / count);
  const all = [...counted.values()].flat();
  const rows = [...counted].map(([what, requests]) => [`\`${what}\``, per(requests)]);
  return table(
    ['request', 'per resource'],
    [...rows, ['all', per(all)], ['all that write', per(all.filter(isWrite))]],
  );
}

function factTable(facts: PartFacts): string {
  return table(['', ''], factRows(facts));
}

function mega(bytes: number): number {
  return bytes / 1e6;
}

function plain(spread: Spread | undefined): string {
  if (spread === undefined) return '–';
  const { median, low, high } = spread;
  return low === high ? number(median) : `${number(median)} (${number(low)}–${number(high)})`;
}
