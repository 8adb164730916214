// Builds the Go programs of the benchmark: the no-op ext_proc server that everything is compared
// with, the scripted backend and the load generator. Once for each state of their sources.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

const sources = join(import.meta.dirname, 'go');

/** Holds the version of Go that built the programs. */
const versionFile = 'go-version';

export interface GoPrograms {
  /** Paths of the built programs. */
  readonly noop: string;
  readonly backend: string;
  readonly load: string;
  /** Versions of what the no-op server is made of. */
  readonly versions: Readonly<Record<'go' | 'grpc' | 'controlPlane', string>>;
}

/** The programs, built when they are not in the cache yet; throws a sentence when they cannot be. */
export async function buildGoPrograms(say: (text: string) => void): Promise<GoPrograms> {
  const cache = join(
    process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'semantic-router-maas',
  );
  const directory = join(cache, `bench-${await hashOfSources()}`);
  if (!existsSync(directory)) {
    say('building the Go programs of the benchmark (about a minute, once)');
    await mkdir(cache, { recursive: true });
    const unfinished = await mkdtemp(join(cache, 'bench-build-'));
    try {
      await goBuild(unfinished);
      // Whole or not at all: a build cut short leaves nothing that looks finished.
      await rename(unfinished, directory);
    } finally {
      await rm(unfinished, { recursive: true, force: true });
    }
  }
  const modules = modulesOf(await readFile(join(sources, 'go.mod'), 'utf8'));
  return {
    noop: join(directory, 'noop'),
    backend: join(directory, 'backend'),
    load: join(directory, 'load'),
    versions: {
      go: await readFile(join(directory, versionFile), 'utf8'),
      grpc: modules['google.golang.org/grpc'] ?? '',
      controlPlane: modules['github.com/envoyproxy/go-control-plane/envoy'] ?? '',
    },
  };
}

/** Short digest of every source file's name and text. */
async function hashOfSources(): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(sources, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(`${file.slice(sources.length)}\0`).update(await readFile(file));
  }
  return hash.digest('hex').slice(0, 16);
}

async function goBuild(target: string): Promise<void> {
  try {
    await run('go', ['build', '-o', `${target}/`, './...'], { cwd: sources });
    const { stdout } = await run('go', ['env', 'GOVERSION'], { cwd: sources });
    await writeFile(join(target, versionFile), stdout.trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error(
        'The benchmark compares with a server in Go, and `go` is not on the PATH: install Go 1.26 or newer (https://go.dev/dl).',
        { cause: error },
      );
    }
    const output = error instanceof Error && 'stderr' in error ? String(error.stderr) : '';
    throw new Error(`go build failed: ${output.trim()}`, { cause: error });
  }
}

/** The modules that go.mod requires directly, by their path. */
function modulesOf(goMod: string): Record<string, string> {
  const required = goMod.matchAll(/^\s+(\S+) (v\S+)$/gm);
  return Object.fromEntries([...required].map((found) => [found[1] ?? '', found[2] ?? '']));
}
