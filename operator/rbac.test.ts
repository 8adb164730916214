import { describe, expect, test } from '@jest/globals';
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
