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
    { path: `${chart}README.md`, text: await readmeText() },
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

const tableStart = '<!-- values: generated from values.schema.json and values.yaml -->\n';
const tableEnd = '<!-- end of values -->';

async function readmeText(): Promise<string> {
  const readme = read(`${chart}README.md`);
  const [before = '', rest = ''] = readme.split(tableStart);
  const after = rest.slice(rest.indexOf(tableEnd));
  const schema: unknown = JSON.parse(read(`${chart}values.schema.json`));
  const table = valuesTable(schema, parseYaml(read(`${chart}values.yaml`)));
  const text = `${before}${tableStart}\n${table}\n\n${after}`;
  return format(text, { parser: 'markdown', printWidth: 100, singleQuote: true });
}
