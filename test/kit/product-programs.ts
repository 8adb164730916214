// Which local programs stand for the images of the product's pods: this checkout, and the Envoy that
// `npm run tools` prepared. For `startKubelet`.
import { join } from 'node:path';
import { envoyBinary } from './envoy.ts';
import type { ContainerCall, LocalProgram } from './kubelet/launch.ts';

const cli = join(import.meta.dirname, '..', '..', 'cli.ts');

/**
 * Whatever the images are called: arguments without a command are those of our image, whose entry
 * point is the command line of this project; `envoy` is Envoy; any other command runs as it is.
 */
export function productProgram({ command, args }: ContainerCall): LocalProgram {
  const [name, ...rest] = command;
  if (name === undefined) return { command: [process.execPath, cli, ...args] };
  return { command: [name === 'envoy' ? envoyBinary() : name, ...rest, ...args] };
}
