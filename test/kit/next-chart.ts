// A later version of the chart, for tests of upgrades: its CRD knows one more field of `spec`, `later`.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { crdTemplate } from '../golden/chart-files.ts';
import { crdText } from '../golden/crd-file.ts';
import { chartFolder } from './helm.ts';

/** A CRD as far as its fields of `spec` matter. */
export interface Crd {
  readonly spec: {
    readonly versions: readonly [
      {
        readonly schema: {
          readonly openAPIV3Schema: {
            readonly properties: { readonly spec: { readonly properties: Record<string, object> } };
          };
        };
      },
    ];
  };
}

/** The schemas of the fields of a resource's `spec`. */
export function specFields(spec: Crd['spec']): Record<string, object> {
  return spec.versions[0].schema.openAPIV3Schema.properties.spec.properties;
}

/** Resolves with the chart's folder, which is `folder`. */
export async function nextChart(folder: string): Promise<string> {
  await cp(chartFolder, folder, { recursive: true });
  const manifest = join(folder, 'Chart.yaml');
  const text = await readFile(manifest, 'utf8');
  await writeFile(manifest, text.replace(/^version: .*$/m, 'version: 99.0.0'));
  const crd = parse(crdText()) as Crd;
  specFields(crd.spec)['later'] = { type: 'string' };
  await writeFile(join(folder, 'templates/crd.yaml'), crdTemplate(stringify(crd)));
  return folder;
}
