// A labelled set line by line, as its bytes come: however long a set is, little of it is held at a time.
import { SetProblem } from './set-problem.ts';

export interface SetLine {
  /** Counted from 1, empty lines included, as an editor shows it. */
  readonly number: number;
  readonly json: string;
}

const lineEnd = 0x0a;
/** Longest line in bytes: longer ones are no labelled text, but a file without lines. */
const maxLineBytes = 16 * 1024 * 1024;

/**
 * The lines that have anything on them; a byte order mark is left out. Throws a SetProblem for a line
 * that is too long or no UTF-8.
 */
export async function* setLines(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<SetLine> {
  let number = 1;
  let begun: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(lineEnd); end !== -1; end = piece.indexOf(lineEnd, from)) {
      const line = lineOf([...begun, piece.subarray(from, end)], number);
      if (line !== undefined) yield line;
      number += 1;
      from = end + 1;
      begun = [];
      length = 0;
    }
    begun.push(piece.subarray(from));
    length += piece.length - from;
    if (length > maxLineBytes) {
      throw new SetProblem(`line ${number} is longer than ${maxLineBytes} bytes`);
    }
  }
  const last = lineOf(begun, number);
  if (last !== undefined) yield last;
}

/** The lines of a text that is there as a whole. */
export function linesOfText(text: string): SetLine[] {
  return text
    .split('\n')
    .map((json, index) => ({ json, number: index + 1 }))
    .filter(({ json }) => json.trim() !== '');
}

function lineOf(parts: readonly Uint8Array[], number: number): SetLine | undefined {
  let json: string;
  try {
    json = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts));
  } catch {
    throw new SetProblem(`line ${number} is not UTF-8`);
  }
  return json.trim() === '' ? undefined : { number, json };
}
