// What the chart renders, by real Helm without a cluster.
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse as parseYaml } from 'yaml';
import { formatProblem, parseConfig } from '../../config/parse.ts';
import { envoyVersion } from '../../dataplane/local/tools/envoy.ts';
import { imageSchema } from '../../operator/resource/kubernetes-shapes.ts';
import { specSchema } from '../../operator/resource/spec.ts';
import { crdTemplate } from '../golden/chart-files.ts';
import { chartGoldenNames, chartGoldenPath, chartGoldenText } from '../golden/chart-golden.ts';
import { chartFolder, helm, renderChart, type RenderedObject } from '../kit/helm.ts';

function readChartFile(name: string): unknown {
  return parseYaml(readFileSync(`${chartFolder}${name}`, 'utf8'));
}

interface Rule {
  readonly apiGroups: string[];
  readonly resources: string[];
  readonly verbs: string[];
}

function rulesOf(objects: readonly RenderedObject[]): Rule[] {
  return objects.flatMap(({ rules }) => (rules as Rule[] | undefined) ?? []);
}

describe('the rendered objects', () => {
  test.each(chartGoldenNames())('are those of %s.out.yaml', async (name) => {
    expect(await chartGoldenText(name)).toBe(readFileSync(chartGoldenPath(name), 'utf8'));
  });

  test.each(chartGoldenNames())('come from a chart without a warning: %s', async (name) => {
    const { values = {} } = parseYaml(
      readFileSync(chartGoldenPath(name).replace('.out.', '.in.'), 'utf8'),
    ) as { values?: object };
    const lint = helm(['lint', '--strict', '--quiet', chartFolder, '--values', '-'], {
      input: JSON.stringify(values),
    });
    await expect(lint).resolves.not.toMatch(/WARNING|ERROR/);
  });

  test('hold no wildcard and no right on Secrets by default', async () => {
    const rules = rulesOf(await renderChart({}));
    expect(rules).not.toHaveLength(0);
    for (const { apiGroups, resources, verbs } of rules) {
      expect([...apiGroups, ...resources, ...verbs].join(' ')).not.toContain('*');
      expect(resources).not.toContain('secrets');
    }
  });

  test('hold nothing but the CRD of the whole cluster when namespaces are named', async () => {
    const objects = await renderChart({ watchNamespaces: ['team-a'] });
    const ofTheCluster = objects.filter(({ metadata }) => metadata.namespace === undefined);
    expect(ofTheCluster.map(({ kind }) => kind)).toEqual(
      objects.some(({ kind }) => kind === 'CustomResourceDefinition')
        ? ['CustomResourceDefinition']
        : [],
    );
    expect(new Set(objects.map(({ metadata }) => metadata.namespace ?? 'cluster'))).not.toContain(
      'default',
    );
  });

  test('grant Secrets only in the namespaces named, and only to be read', async () => {
    const objects = await renderChart({ followApiKeySecrets: { namespaces: ['keys', 'more'] } });
    const granting = objects.filter((object) =>
      rulesOf([object]).some(({ resources }) => resources.includes('secrets')),
    );
    expect(granting.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'keys'],
      ['Role', 'more'],
    ]);
    expect(rulesOf(granting).flatMap(({ verbs }) => verbs)).toEqual(
      expect.not.arrayContaining(['create', 'patch', 'update', 'delete']),
    );
  });

  test('name images that the operator accepts', () => {
    for (const name of chartGoldenNames()) {
      const text = readFileSync(chartGoldenPath(name), 'utf8');
      const images = [...text.matchAll(/(?:image: |-image=)(\S+)/g)].map(([, image]) => image);
      expect(images).toHaveLength(3);
      for (const image of images) expect(imageSchema.safeParse(image).success).toBe(true);
    }
  });
});

describe('values that cannot be meant', () => {
  test.each([
    ['a key that nobody knows', { replicaCount: 2 }, /replicaCount/],
    ['a nested one', { metrics: { serviceMonitor: { enable: true } } }, /enable/],
    ['a digest without its algorithm', { image: { digest: '1234' } }, /digest/],
    ['a namespace that cannot exist', { watchNamespaces: ['Team A'] }, /watchNamespaces/],
    ['the same namespace twice', { watchNamespaces: ['a', 'a'] }, /items at 0 and 1 are equal/],
    ['every namespace’s Secrets', { followApiKeySecrets: { namespaces: ['*'] } }, /namespaces/],
    [
      'two operators that both act',
      { replicas: 2, leaderElection: { enabled: false } },
      /need leaderElection\.enabled/,
    ],
    [
      'an account that nobody makes or names',
      { serviceAccount: { create: false } },
      /serviceAccount\.name is needed/,
    ],
  ])('are refused: %s', async (_, values, message) => {
    await expect(renderChart(values)).rejects.toThrow(message);
  });
});

describe('the chart', () => {
  test('has the version of the package, and Envoy the version that is tested', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(readChartFile('Chart.yaml')).toMatchObject({ version, appVersion: version });
    expect(readChartFile('values.yaml')).toMatchObject({
      envoyImage: { tag: `v${envoyVersion}` },
    });
  });

  test('says nothing that Helm would run in the descriptions of the CRD', () => {
    const crd = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'a.b' },
      spec: { description: 'a template such as {{ .Values.secret }}' },
    };
    expect(crdTemplate(JSON.stringify(crd))).toContain(
      'description: a template such as {{ "{{" }} .Values.secret }}\n',
    );
  });

  test('tells after the installation how to make a first router, and it is valid', async () => {
    const said = await helm([
      ...['install', 'demo', chartFolder, '--namespace', 'system', '--dry-run=client'],
      ...['--set', 'watchNamespaces={team-a}'],
    ]);
    const [, sample = ''] = /<<'END'\n([^]*?) +END\n/.exec(said) ?? [];
    const resource = parseYaml(sample) as { metadata: object; spec: { config: object } };
    expect(resource).toMatchObject({ metadata: { namespace: 'team-a' } });
    expect(specSchema.safeParse(resource.spec)).toMatchObject({ success: true });
    const parsed = parseConfig(JSON.stringify(resource.spec.config), 'spec.config');
    expect(parsed.ok ? [] : parsed.problems.map(formatProblem)).toEqual([]);
  });
});
