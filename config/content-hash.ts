// The hash that stands for the content of a configuration file: on `/config`, in metrics, in usage
// records, and in the status of the resource that the file was made from.
import { createHash } from 'node:crypto';

/** The first 16 hexadecimal digits of the SHA-256 of the bytes (text as UTF-8). */
export function contentHash(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}
