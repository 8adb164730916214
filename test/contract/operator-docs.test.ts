// docs/authentication.md and docs/monitoring.md: what a reader copies works, and what they show is what
// the operator writes.
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { conditionReasons } from '../../operator/reasons.ts';
import type { KubeObject } from '../../operator/kube/port.ts';
import { renderResource } from '../../operator/render-resource.ts';
import { readFileSync } from 'node:fs';
import { desiredContext } from '../kit/desired-context.ts';
import { docBlocks } from '../kit/doc-blocks.ts';

const pages = ['authentication.md', 'monitoring.md'] as const;
const blocks = pages.flatMap((page) =>
  docBlocks(page, 'yaml').map((text, index) => ({
    name: `block ${index + 1} of ${page}`,
    object: parse(text) as KubeObject,
  })),
);
const resources = blocks.filter(({ object }) => object.kind === 'SemanticRouterMaas');

function rendered(resource: KubeObject): ReturnType<typeof renderResource> {
  const { cluster, defaults } = desiredContext({});
  return renderResource({ resource, configMaps: [], cluster, defaults });
}

test('there is a resource on each page', () => {
  expect(resources.length).toBeGreaterThanOrEqual(3);
});

test.each(resources)('$name is a valid resource', ({ object }) => {
  expect(rendered(object)).toMatchObject({ problems: [], warnings: [] });
});

test('the AuthConfig that is shown is the one of the first resource', () => {
  const shown = blocks.find(({ object }) => object.kind === 'AuthConfig')?.object;
  const [first] = resources;
  if (first === undefined) throw new Error('there is no resource');
  const { desired } = rendered(first.object);
  const written = desired?.objects.find(({ kind }) => kind === 'AuthConfig');
  expect(shown).toMatchObject({
    apiVersion: written?.apiVersion,
    metadata: { name: written?.metadata.name, namespace: written?.metadata.namespace },
  });
  expect(shown?.['spec']).toEqual(written?.['spec']);
});

test.each([
  ['authentication.md', conditionReasons.AuthReady],
  ['monitoring.md', conditionReasons.MonitoringReady],
] as const)('%s explains every reason that speaks of what is there', (page, reasons) => {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  for (const reason of reasons) {
    if (page === 'monitoring.md' && ['NotRequested', 'ApplyFailed'].includes(reason)) continue;
    expect(text).toContain(`\`${reason}\``);
  }
});
