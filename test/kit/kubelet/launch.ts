// Makes the local process that stands for a container: environment, paths, and which program.
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expand, resolveEnvironment } from './environment.ts';
import type { Downward } from './downward.ts';
import { pretendProcess, startLocalProcess, type LocalProcess } from './local-process.ts';
import { localise, mountVolumes } from './mounts.ts';
import type { Objects } from './objects.ts';
import type { Container } from './pod.ts';
import type { VolumePlaces } from './volumes.ts';

/** What is to run, with variables expanded and paths below a mount made local. */
export interface ContainerCall {
  readonly image: string;
  /** Name of the container. */
  readonly container: string;
  readonly namespace: string;
  readonly pod: string;
  /** `command` of the container, or of a probe or hook that runs a program; empty: the image's own. */
  readonly command: readonly string[];
  /** `args` of the container; empty for a probe or hook. */
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** The local path of a path in the container: another one only below a mount. */
  readonly path: (path: string) => string;
}

export interface LocalProgram {
  /** Program and arguments, whole: what is left of `command` and `args` is the resolver's choice. */
  readonly command: readonly string[];
  /** More variables, or other values. */
  readonly env?: Readonly<Record<string, string>>;
  /** By default the pod's own folder. */
  readonly cwd?: string;
}

/** Runs in this process, and has no process id: its probes hold at once, its hooks are left out. */
export type InProcess = () => Promise<LocalProcess>;

/**
 * Which local program stands for a container's. `pretend`: no process, ready at once. Undefined: there
 * is no such image, and the pod says so.
 */
export type Programs = (call: ContainerCall) => LocalProgram | InProcess | 'pretend' | undefined;

export interface Launcher {
  launch(container: Container): Promise<LocalProcess>;
  exec(container: Container, command: readonly string[], signal: AbortSignal): Promise<number>;
}

export function createLauncher(options: {
  readonly self: () => Downward;
  readonly objects: Objects;
  readonly places: VolumePlaces;
  readonly programs: Programs;
  readonly server: URL;
  readonly onOutput: (container: string, text: string) => void;
}): Launcher {
  const start = async (
    container: Container,
    command: readonly string[],
    args: readonly string[],
  ): Promise<LocalProcess> => {
    const self = options.self();
    const { name, namespace } = self.pod.metadata;
    const declared = await resolveEnvironment(container, self, options.objects);
    const mounted = await mountVolumes(self.pod, container, {
      ...{ places: options.places, env: declared },
    });
    const local = (text: string): string => localise(text, mounted, self.podIp);
    const env = {
      // A container has nothing of its node's environment; a local program must at least be found.
      PATH: process.env['PATH'] ?? '',
      HOSTNAME: name,
      KUBERNETES_SERVICE_HOST: options.server.hostname,
      KUBERNETES_SERVICE_PORT: options.server.port,
      ...Object.fromEntries([...declared].map(([key, value]) => [key, local(value)])),
    };
    const resolve = (texts: readonly string[]): string[] =>
      texts.map((text) => local(expand(text, declared)));
    const call = { command: resolve(command), args: resolve(args), env, path: local };
    const { image } = container;
    const program = options.programs({
      ...call,
      ...{ image, container: container.name, namespace, pod: name },
    });
    if (program === undefined) throw new Error(`there is no program for image ${image}`);
    if (program === 'pretend') return pretendProcess();
    if (typeof program === 'function') return program();
    const folder = dirname(options.places.folder);
    await mkdir(folder, { recursive: true });
    return startLocalProcess({
      argv: program.command,
      env: { ...env, ...program.env },
      cwd: program.cwd ?? folder,
      onOutput: (text) => {
        options.onOutput(container.name, text);
      },
    });
  };
  return {
    launch: (container) => start(container, container.command ?? [], container.args ?? []),
    exec: async (container, command, signal) => {
      const started = await start(container, command, []);
      signal.addEventListener('abort', () => {
        started.signal('SIGKILL');
      });
      return (await started.ended).exitCode;
    },
  };
}
