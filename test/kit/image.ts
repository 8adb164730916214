// The file system of the image without a container engine: what the Dockerfile says is done in a
// folder for each of its stages, by the Node that runs this.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, copyFile, cp, link, mkdir, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dockerIgnores, parseDockerfile } from './dockerfile.ts';

const context = fileURLToPath(new URL('../../', import.meta.url));

interface Stage {
  readonly folder: string;
  readonly env: Record<string, string>;
  workdir: string;
  user: string;
  entrypoint: readonly string[];
}

export interface Image {
  /** The folder that is `/` in a container, but for what the base image brings beside Node. */
  readonly folder: string;
  /** As the Dockerfile has it, such as `65532:65532`. */
  readonly user: string;
  /**
   * Starts the entrypoint with these arguments and nothing of this process's environment, but with
   * `env` over the image's; as the image's user where this process may change to it.
   */
  start(args: readonly string[], env?: Readonly<Record<string, string>>): ChildProcess;
  remove(): Promise<void>;
}

export async function buildImage(): Promise<Image> {
  const directory = await mkdtemp(join(tmpdir(), 'srm-image-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true });
  try {
    const stage = await buildStages(directory);
    // Others than root must reach it, and the base image has its Node here.
    await chmod(directory, 0o755);
    const node = join(stage.folder, 'usr/local/bin/node');
    await mkdir(dirname(node), { recursive: true });
    await link(process.execPath, node).catch(() => copyFile(process.execPath, node));
    return {
      folder: stage.folder,
      user: stage.user,
      start: (args, env = {}) => {
        const outside = (path: string): string =>
          path.startsWith('/') ? join(stage.folder, path) : path;
        const own: Record<string, string> = {};
        for (const [name, value] of Object.entries(stage.env)) own[name] = outside(value);
        const [program, ...first] = stage.entrypoint.map(outside);
        if (program !== 'node')
          throw new Error(`The entrypoint is not run by node: ${String(program)}`);
        const [uid, gid] = stage.user.split(':').map(Number);
        return spawn(node, [...first, ...args], {
          cwd: join(stage.folder, stage.workdir),
          env: { ...own, ...env, PATH: dirname(node) },
          ...(process.getuid?.() === 0 ? { uid, gid } : {}),
        });
      },
      remove,
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Resolves with the last stage. */
async function buildStages(directory: string): Promise<Stage> {
  const isIgnored = dockerIgnores(await readFile(join(context, '.dockerignore'), 'utf8'));
  const stages = new Map<string, Stage>();
  let stage: Stage | undefined;
  for (const { keyword, text } of parseDockerfile(
    await readFile(join(context, 'Dockerfile'), 'utf8'),
  )) {
    if (keyword === 'FROM') {
      const [, , name = 'last'] = text.split(' ');
      const folder = join(directory, name);
      await mkdir(folder);
      stage = { folder, env: {}, workdir: '/', user: '', entrypoint: [] };
      stages.set(name, stage);
      continue;
    }
    if (stage === undefined) throw new Error(`${keyword} stands before FROM.`);
    switch (keyword) {
      case 'WORKDIR':
        stage.workdir = text;
        await mkdir(join(stage.folder, text), { recursive: true });
        break;
      case 'COPY':
        await copy(stage, text, { stages, isIgnored });
        break;
      case 'RUN':
        await run(stage, text);
        break;
      case 'ENV': {
        const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(text) ?? [];
        stage.env[name] = value;
        break;
      }
      case 'USER':
        stage.user = text;
        break;
      case 'ENTRYPOINT':
        stage.entrypoint = JSON.parse(text) as string[];
        break;
      case 'LABEL':
        break;
      default:
        throw new Error(`The image's stand-in does not know ${keyword}.`);
    }
  }
  if (stage === undefined) throw new Error('The Dockerfile has no stage.');
  return stage;
}

async function copy(
  stage: Stage,
  text: string,
  from: {
    readonly stages: ReadonlyMap<string, Stage>;
    readonly isIgnored: (path: string) => boolean;
  },
): Promise<void> {
  const words = text.split(' ');
  const [, name] = /^--from=(.*)$/.exec(words[0] ?? '') ?? [];
  if (name !== undefined) words.shift();
  const source = name === undefined ? context : (from.stages.get(name)?.folder ?? '');
  const target = words.pop() ?? '';
  const destination = resolve(join(stage.folder, stage.workdir), target);
  for (const word of words) {
    const path = join(source, word);
    const isFolder = (await stat(path)).isDirectory();
    // As COPY has it: a folder's contents, but a file by its name.
    const into =
      !isFolder && target.endsWith('/') ? join(destination, basename(word)) : destination;
    await cp(path, into, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (file) =>
        name !== undefined ||
        (file === path && isFolder) ||
        !from.isIgnored(relative(context, file)),
    });
  }
}

async function run(stage: Stage, command: string): Promise<void> {
  if (/(^|[\s'"=])\//.test(command)) {
    throw new Error(
      `Only a container could tell this absolute path from the machine's: ${command}`,
    );
  }
  const child = spawn('/bin/sh', ['-c', command], {
    cwd: join(stage.folder, stage.workdir),
    env: {
      ...process.env,
      ...stage.env,
      PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
      // What `npm ci` of the checkout has fetched need not be fetched again.
      npm_config_prefer_offline: 'true',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, fail) => {
    child.once('error', fail);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`RUN ${command} ended with ${String(code)}:\n${output}`);
}
