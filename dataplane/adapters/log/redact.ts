// Keeps secrets out of log fields: by what a field is called, and by what a text looks like. It is
// the second line of defence; the first is not to log such things.

const hidden = '[redacted]';
const secretName =
  /authorization|cookie|password|passwd|secret|credential|api[-_]?key|private[-_]?key|access[-_]?token|refresh[-_]?token|^token$|bearer/i;
const contentName = /^(prompt|completion|messages?_?text|content|body|headers)$/i;
const secretText: readonly (readonly [RegExp, string])[] = [
  [/\b(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${hidden}`],
  [/\b(sk|pk|rk)-[\w-]{8,}/g, hidden],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, hidden],
  [/(:\/\/)[^\s/:@]+:[^\s/@]+@/g, `$1${hidden}@`],
];

const maxDepth = 4;
const maxItems = 50;
const maxTextLength = 4_000;

/** A copy of a field's value that is safe to log: secrets replaced, size and depth bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value !== 'object' || value === null) return value;
  if (isError(value)) return describeError(value, depth);
  if (depth >= maxDepth) return '[…]';
  if (Array.isArray(value)) {
    return value.slice(0, maxItems).map((item: unknown) => redact(item, depth + 1));
  }
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactFields(value, depth);
}

/** The fields of one object, each redacted by its name and its value. */
export function redactFields(fields: object, depth = 0): Record<string, unknown> {
  const safe: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields).slice(0, maxItems)) {
    safe[name] =
      secretName.test(name) || contentName.test(name) ? hidden : redact(value, depth + 1);
  }
  return safe;
}

function redactText(text: string): string {
  const bounded = text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text;
  return secretText.reduce(
    (redacted, [pattern, replacement]) => redacted.replace(pattern, replacement),
    bounded,
  );
}

/** By shape: an error of another realm, such as a worker's, is no instance of ours. */
function isError(value: object): value is Error {
  return Object.prototype.toString.call(value) === '[object Error]' || value instanceof Error;
}

/** Own properties of errors may hold requests and responses: only what is known is told. */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    name: error.name,
    message: redactText(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: redactText(error.stack) }),
    ...(error.cause === undefined || depth >= maxDepth
      ? {}
      : { cause: redact(error.cause, depth + 1) }),
  };
}
