// Reads what a file ledger wrote, for reports, shipping and tests; also while it is being written.
import { createReadStream } from 'node:fs';
import type { UsageRecord } from '../../domain/usage-record.ts';
import { asyncFiles } from './ledger-files.ts';
import { decodeRecord } from './record-line.ts';
import { listSegments } from './segments.ts';
import { runAsync } from './steps.ts';

/**
 * The records of a directory, oldest segment first, each id once. A last line without its newline is
 * torn or still being written and is left out; a whole line that is no record goes to `onBadLine`.
 */
export async function* readLedger(
  directory: string,
  onBadLine: (segment: string) => void = () => undefined,
): AsyncGenerator<UsageRecord, void, undefined> {
  const seen = new Set<string>();
  for (const { name } of await runAsync(listSegments(asyncFiles, directory))) {
    for await (const line of wholeLines(`${directory}/${name}`)) {
      const record = decodeRecord(line);
      if (record === undefined) onBadLine(name);
      else if (!seen.has(record.id)) {
        seen.add(record.id);
        yield record;
      }
    }
  }
}

async function* wholeLines(path: string): AsyncGenerator<string, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    // Split as bytes: a chunk may end in the middle of a character.
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(0x0a); end >= 0; end = bytes.indexOf(0x0a)) {
      yield bytes.toString('utf8', 0, end);
      bytes = bytes.subarray(end + 1);
    }
    rest = bytes;
  }
}
