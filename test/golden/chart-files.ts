// The files of the chart that are made from the operator's code and from the CRD, so that rights,
// schema and chart change in one commit.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format } from 'prettier';
import { parse as parseYaml, stringify } from 'yaml';
import {
  apiKeySecretRules,
  clusterRules,
  leaseRules,
  userRules,
  watchedRules,
  type Rule,
} from '../../operator/rbac.ts';
import { crdText } from './crd-file.ts';
import { valuesTable } from './chart-values-table.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const chart = `${root}charts/semantic-router-maas/`;
const header = (source: string): string =>
  `{{/* Generated from ${source} by \`npm run generate\`. */}}\n`;

/** A file that is made from others, and what it should hold. */
interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

export async function chartFiles(): Promise<GeneratedFile[]> {
  return [
    { path: `${chart}templates/_rules.tpl`, text: rulesTemplate() },
    await document(`${chart}README.md`, 'values', chartValuesTable()),
    await document(`${root}docs/install.md`, 'rights', rightsTable()),
    { path: `${chart}templates/crd.yaml`, text: crdTemplate(crdText()) },
  ];
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function rulesTemplate(): string {
  const sets: Readonly<Record<string, readonly Rule[]>> = {
    watched: watchedRules,
    cluster: clusterRules,
    lease: leaseRules('{{ include "semantic-router-maas.fullname" . }}'),
    'api-keys': apiKeySecretRules,
    ...userRules,
  };
  const definitions = Object.entries(sets).map(
    ([name, rules]) =>
      `{{- define "semantic-router-maas.rules.${name}" -}}\n${rules.map(ruleText).join('\n')}\n{{- end }}\n`,
  );
  return `${header('operator/rbac.ts')}${definitions.join('\n')}`;
}

function ruleText({ because, group, resources, verbs, resourceNames }: Rule): string {
  return [
    `# ${because}.`,
    `- apiGroups: ${list([group])}`,
    `  resources: ${list(resources)}`,
    ...(resourceNames === undefined ? [] : [`  resourceNames: ${list(resourceNames)}`]),
    `  verbs: ${list(verbs)}`,
  ].join('\n');
}

function list(values: readonly string[]): string {
  return `[${values.map((value) => `'${value}'`).join(', ')}]`;
}

/** The CRD as a template: Helm upgrades it with the chart, and keeps it when the chart goes. */
export function crdTemplate(crd: string): string {
  const { apiVersion, kind, metadata, spec } = parseYaml(crd) as Readonly<Record<string, unknown>> & {
    readonly metadata: { readonly name: string };
  };
  // A description may hold what Helm would take for a template.
  const specText = stringify({ spec }, { lineWidth: 0 }).replaceAll('{{', '{{ "{{" }}');
  return `${header('the CRD of crds/')}{{- if .Values.crds.install }}
apiVersion: ${String(apiVersion)}
kind: ${String(kind)}
metadata:
  name: ${metadata.name}
  labels:
    {{- include "semantic-router-maas.labels" . | nindent 4 }}
  {{- if or .Values.crds.keep .Values.crds.annotations }}
  annotations:
    {{- if .Values.crds.keep }}
    helm.sh/resource-policy: keep
    {{- end }}
    {{- with .Values.crds.annotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
${specText}{{- end }}
`;
}

/** A document with what stands between two comments of this name written anew. */
async function document(path: string, name: string, region: string): Promise<GeneratedFile> {
  const pattern = new RegExp(`(<!-- ${name}: [^]*?-->\n)[^]*(<!-- end of ${name} -->)`);
  const before = read(path);
  if (!pattern.test(before)) throw new Error(`${path} has no place for ${name}`);
  const text = before.replace(pattern, (_, start: string, end: string) => {
    return `${start}\n${region}\n\n${end}`;
  });
  return { path, text: await format(text, { parser: 'markdown', printWidth: 100 }) };
}

function chartValuesTable(): string {
  const schema: unknown = JSON.parse(read(`${chart}values.schema.json`));
  return valuesTable(schema, parseYaml(read(`${chart}values.yaml`)));
}

function rightsTable(): string {
  const places: readonly (readonly [where: string, rules: readonly Rule[]])[] = [
    ['every namespace that is watched', watchedRules],
    ['the cluster, without `watchNamespaces`', clusterRules],
    ['the operator’s namespace', leaseRules('the lease')],
    ['`followApiKeySecrets.namespaces`', apiKeySecretRules],
  ];
  const lines = places.flatMap(([where, rules]) =>
    rules.map(({ because, group, resources, verbs }) => {
      const what = resources.map((resource) => `\`${resource}\``).join(', ');
      const whose = group === '' ? '' : ` of \`${group}\``;
      return `| ${where} | ${what}${whose} | ${verbs.join(', ')} | ${because} |`;
    }),
  );
  return ['| where | what | verbs | why |', '| --- | --- | --- | --- |', ...lines].join('\n');
}
