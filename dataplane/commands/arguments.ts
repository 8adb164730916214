// Reading the values of command-line flags; every refusal is one sentence that names the flag.

/** `HOST:PORT` or `[IPV6]:PORT`. */
export function readAddress(
  flag: string,
  value: string,
): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(value) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || Number(port) > 65_535) {
    throw new Error(`${flag} must be HOST:PORT, not ${JSON.stringify(value)}.`);
  }
  return { host, port: Number(port) };
}

/** A TCP port; 0 stands for any free one. */
export function readPort(flag: string, value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65_535) {
    throw new Error(`${flag} must be a port, not ${JSON.stringify(value)}.`);
  }
  return Number(value);
}

/** A non-negative number of seconds. */
export function readSeconds(flag: string, value: string): number {
  const seconds = Number(value);
  if (value.trim() === '' || !Number.isFinite(seconds) || seconds < 0) {
    throw new Error(`${flag} must be a number of seconds, not ${JSON.stringify(value)}.`);
  }
  return seconds;
}

/** One of a few words. */
export function readChoice<const Choice extends string>(
  flag: string,
  value: string | undefined,
  choices: readonly Choice[],
): Choice {
  const found = choices.find((choice) => choice === value);
  if (found === undefined) {
    throw new Error(`${flag} must be ${choices.join(' or ')}, not ${JSON.stringify(value)}.`);
  }
  return found;
}

/** The folder of the models: the one that the flag names, else `$MODELS_DIR`; undefined: neither. */
export function modelsDirectory(
  flag: string | undefined,
  env: Readonly<NodeJS.ProcessEnv>,
): string | undefined {
  const named = flag ?? env['MODELS_DIR'];
  return named === '' ? undefined : named;
}
