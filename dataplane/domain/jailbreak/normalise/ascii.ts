// Most texts are plain ASCII and need none of the work that others do.

const beyondAscii = /[^\p{ASCII}]/u;

export function isAscii(text: string): boolean {
  return !beyondAscii.test(text);
}
