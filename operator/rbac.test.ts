import { describe, expect, test } from '@jest/globals';
import { builtInChildTypes, optionalChildTypes } from './child-types.ts';
import {
  apiKeySecretRules,
  clusterRules,
  leaseRules,
  userRules,
  watchedRules,
  type Rule,
} from './rbac.ts';

const always = [...watchedRules, ...clusterRules, ...leaseRules('lease')];
const all = [...always, ...apiKeySecretRules, ...Object.values(userRules).flat()];

function verbsOn(rules: readonly Rule[], group: string, resource: string): string[] {
  return rules
    .filter((rule) => rule.group === group && rule.resources.includes(resource))
    .flatMap(({ verbs }) => verbs);
}

describe('the rights of the operator', () => {
  test('name every group, resource and verb, and give a reason', () => {
    for (const { because, group, resources, verbs } of all) {
      expect(because).toMatch(/^[A-Za-z].*[^.]$/);
      expect([group, ...resources, ...verbs].join(' ')).not.toContain('*');
      expect(resources).not.toHaveLength(0);
      expect(verbs).not.toHaveLength(0);
    }
  });

  test.each([...builtInChildTypes, ...optionalChildTypes])(
    'suffice to keep each kind of child as it should be: $plural',
    ({ group, plural }) => {
      expect(verbsOn(watchedRules, group, plural).sort()).toEqual(
        ['create', 'delete', 'get', 'list', 'patch', 'watch'].sort(),
      );
    },
  );

  test('write nothing that is not a child, a status, an Event or the lease', () => {
    const children = [...builtInChildTypes, ...optionalChildTypes].map(({ plural }) => plural);
    const writable = always
      .filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)))
      .flatMap(({ resources }) => resources)
      .filter((resource) => !children.includes(resource));
    expect(new Set(writable)).toEqual(
      new Set(['semanticroutermaas/status', 'semanticroutermaas/finalizers', 'events', 'leases']),
    );
  });

  test('hold no Secret unless API keys are to be followed, and then no writing', () => {
    expect(verbsOn(always, '', 'secrets')).toEqual([]);
    expect(verbsOn(apiKeySecretRules, '', 'secrets')).toEqual(['list', 'watch']);
  });

  test('let nobody write the resources that users write', () => {
    expect(verbsOn(watchedRules, 'semantic-router.io', 'semanticroutermaas')).toEqual([
      'get',
      'list',
      'watch',
    ]);
  });

  test('cannot hand out further rights', () => {
    const groups = new Set(always.map(({ group }) => group));
    expect(groups).not.toContain('rbac.authorization.k8s.io');
    expect(verbsOn(always, '', 'serviceaccounts/token')).toEqual([]);
    expect(verbsOn(always, '', 'pods/exec')).toEqual([]);
    expect(verbsOn(always, '', 'pods')).toEqual(['list', 'watch']);
  });

  test('bind a name only where Kubernetes can check it', () => {
    for (const { resourceNames, verbs } of all) {
      if (resourceNames === undefined) continue;
      expect(verbs.filter((verb) => ['create', 'list', 'watch'].includes(verb))).toEqual([]);
    }
  });
});
