// The commands and values of the installation guide, tried by real Helm as far as that needs no cluster.
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml, parseAllDocuments } from 'yaml';
import { helm, renderChart } from '../kit/helm.ts';

const guides = ['docs/install.md', 'docs/argo-cd.md', 'charts/semantic-router-maas/README.md'];

function blocks(guide: string, language: string): string[] {
  const text = readFileSync(guide, 'utf8');
  return [...text.matchAll(/```(\w+)\n([^]*?)```/g)]
    .filter(([, found]) => found === language)
    .map(([, , block = '']) => block);
}

/** Every command that a reader would type, with its continued lines joined. */
const commands = guides.flatMap((guide) =>
  blocks(guide, 'sh').flatMap((block) =>
    block
      .replaceAll(/\\\n */g, '')
      .trim()
      .split('\n'),
  ),
);

describe('the installation guide', () => {
  // What needs a cluster, and the pipe to kubectl.
  const needsCluster = / --(create-namespace|wait|reset-then-reuse-values)\b| \|.*$/g;
  const renderings = commands.filter((command) =>
    /^helm (install|upgrade|template) /.test(command),
  );

  test('has installations to try', () => {
    expect(renderings.length).toBeGreaterThan(3);
  });

  test.each(renderings)('gives a command that Helm can follow: %s', async (command) => {
    const [, , ...rest] = command.replaceAll(needsCluster, '').replaceAll("'", '').split(' ');
    const rendered = parseAllDocuments(await helm(['template', ...rest]));
    const kinds = rendered.map((document) => (document.toJS() as { kind?: string } | null)?.kind);
    expect(kinds).toContain('Deployment');
    expect(kinds.includes('ServiceMonitor')).toBe(command.includes('ServiceMonitor'));
  });

  test.each(blocks('docs/install.md', 'yaml').filter((block) => block.startsWith('# values.yaml')))(
    'gives values that the chart knows: %#',
    async (block) => {
      await expect(renderChart(parseYaml(block) as object)).resolves.not.toHaveLength(0);
    },
  );

  test('names files that are there', () => {
    const paths = commands.flatMap((command) =>
      [...command.matchAll(/\b(?:crds|charts|docs)\/[\w./-]+/g)].map(([path]) => path),
    );
    expect(paths).not.toHaveLength(0);
    expect(paths.filter((path) => !existsSync(path))).toEqual([]);
  });
});

test('the example Application installs the chart with values that it knows', async () => {
  const [application] = parseAllDocuments(readFileSync('docs/argo-cd/application.yaml', 'utf8'));
  const { source } = (application?.toJS() as { spec: Record<'source', Source> }).spec;
  expect(existsSync(`${source.path}/Chart.yaml`)).toBe(true);
  await expect(renderChart(source.helm.valuesObject)).resolves.not.toHaveLength(0);
});

interface Source {
  readonly path: string;
  readonly helm: { readonly valuesObject: object };
}
