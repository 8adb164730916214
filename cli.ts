#!/usr/bin/env node
// The command `semantic-router-maas`: a table of subcommands, each loaded when it is called.

/** A subcommand: its arguments to its exit code. */
type Command = (args: readonly string[]) => Promise<number>;

interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

const commands: Readonly<Record<string, Entry>> = {
  run: {
    summary: 'Run Envoy and the router on this machine, with simulated models where none answers.',
    load: async () => (await import('./dataplane/commands/run.ts')).run,
  },
  router: {
    summary: 'Run the router, for an Envoy beside it or one that is configured elsewhere.',
    load: async () => (await import('./dataplane/commands/router.ts')).router,
  },
  operator: {
    summary: 'Watch SemanticRouterMaas resources and make the cluster match.',
    load: async () => (await import('./operator/commands/operator.ts')).operator,
  },
  'envoy-files': {
    summary: 'Write what the Envoy beside a router is started with.',
    load: async () => (await import('./dataplane/commands/envoy-files.ts')).envoyFiles,
  },
  validate: {
    summary: 'Check configuration files.',
    load: async () => (await import('./dataplane/commands/validate.ts')).validate,
  },
  render: {
    summary: 'Print the objects that a resource would give, without a cluster.',
    load: async () => (await import('./operator/commands/render.ts')).render,
  },
  models: {
    summary: 'Bring the models for meaning and personal data.',
    load: async () => (await import('./dataplane/commands/models.ts')).models,
  },
  train: {
    summary: 'Train the domain or the jailbreak head anew, with rows of your own.',
    load: async () => (await import('./dataplane/commands/train.ts')).train,
  },
  eval: {
    summary: 'Tell how well classifiers, detectors and cache do on a labelled set.',
    load: async () => (await import('./dataplane/commands/eval.ts')).evaluate,
  },
  explain: {
    summary: 'Show how a prompt would be routed, and what it would cost.',
    load: async () => (await import('./dataplane/commands/explain.ts')).explain,
  },
};

function usage(): string {
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(13)}${summary}`,
  );
  return [
    'Usage: semantic-router-maas COMMAND [OPTIONS]',
    '',
    'Commands:',
    ...lines,
    '',
    'semantic-router-maas COMMAND --help tells the options of one.',
    '',
  ].join('\n');
}

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(usage());
    return name === undefined ? 2 : 0;
  }
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry === undefined) {
    process.stderr.write(
      `semantic-router-maas: there is no command ${JSON.stringify(name)}.\n\n${usage()}`,
    );
    return 2;
  }
  const command = await entry.load();
  return command(args);
}

process.exitCode = await main(process.argv.slice(2));
