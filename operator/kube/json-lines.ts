// A watch is one JSON document a line, and its bytes arrive cut anywhere, characters included.

const newline = 0x0a;
// etcd refuses objects over 1.5 MiB; a longer "line" is no watch event.
const longestLineBytes = 16 * 1024 * 1024;

/** Parses each line as it completes. Throws a SyntaxError on what is no JSON, or no end of line. */
export async function* readJsonLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<unknown, void, undefined> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(newline, from);
      if (end === -1) break;
      held.push(chunk.subarray(from, end));
      const line = Buffer.concat(held).toString('utf8');
      held = [];
      heldBytes = 0;
      from = end + 1;
      if (line.trim() !== '') yield JSON.parse(line);
    }
    held.push(chunk.subarray(from));
    heldBytes += chunk.length - from;
    if (heldBytes > longestLineBytes) throw new SyntaxError('a line that does not end');
  }
  const rest = Buffer.concat(held).toString('utf8');
  if (rest.trim() !== '') yield JSON.parse(rest);
}
