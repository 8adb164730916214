// What Node's HTTP/2 needs to live behind Envoy.

/**
 * Flow control in bytes. With HTTP/2's 64 KiB for a stream and for the whole connection, bodies
 * arrive in small turns: larger windows took 28-41 % off Envoy's processor time at 220 KB.
 */
const streamWindow = 1_048_576;
export const connectionWindow = 16_777_216;

export const http2Options = {
  // Envoy ends every ext_proc stream by RST_STREAM(INTERNAL_ERROR). nghttp2 takes more than 1,000 of
  // them, then 33 a second, for an attack and closes the connection with all its streams. Both
  // numbers must be given; one alone has no effect.
  streamResetBurst: 100_000,
  streamResetRate: 10_000,
  // In megabytes: what a session may keep. By default 10, beyond which streams are refused; what
  // bounds it here are the windows and the largest message.
  maxSessionMemory: 1_048_576,
  settings: { enablePush: false, initialWindowSize: streamWindow },
};

/** Throws when this Node takes Envoy's resets for an attack and cannot be told otherwise. */
export function checkNodeVersion(version: string): void {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 10)) return;
  throw new Error(
    `The ext_proc server needs Node 22.10 or later; this is ${version}, which closes Envoy's connection after a thousand requests.`,
  );
}
