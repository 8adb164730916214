// What the operator may do in a cluster: every right with its reason. Pure; the chart's roles are
// written from here (`npm run generate`), so that code and rights change in one commit.
import { apiGroup, semanticRouterMaasType } from './resource/semantic-router-maas.ts';

/** A rule of a Role, and the sentence that stands over it in the chart. */
export interface Rule {
  /** Without a full stop; becomes a comment. */
  readonly because: string;
  /** '' is the core group. */
  readonly group: string;
  readonly resources: readonly string[];
  readonly verbs: readonly Verb[];
  /** Only objects of these names; cannot hold for `create`, `list` and `watch`. */
  readonly resourceNames?: readonly string[];
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'patch' | 'update' | 'delete';

// Caches are filled by lists and watches.
const watch = ['list', 'watch'] as const;
// Server-side apply is `patch`, and `create` where the object is not there yet.
const keep = ['get', ...watch, 'create', 'patch', 'delete'] as const;
const { plural } = semanticRouterMaasType;

/** In every namespace whose resources are served. */
export const watchedRules: readonly Rule[] = [
  {
    because: 'The resources themselves; their spec is never written',
    group: apiGroup,
    resources: [plural],
    // Asked for by name before a child that has vanished is made anew.
    verbs: ['get', ...watch],
  },
  {
    because: 'What the operator says of them',
    group: apiGroup,
    resources: [`${plural}/status`],
    verbs: ['patch'],
  },
  {
    because:
      'Owner references with blockOwnerDeletion, where OwnerReferencesPermissionEnforcement is on',
    group: apiGroup,
    resources: [`${plural}/finalizers`],
    verbs: ['update'],
  },
  {
    because: 'The configuration and the way to the pods; configFrom reads ConfigMaps as well',
    group: '',
    resources: ['configmaps', 'serviceaccounts', 'services'],
    verbs: keep,
  },
  {
    because: 'The pods that run the router',
    group: 'apps',
    resources: ['deployments'],
    verbs: keep,
  },
  {
    because: 'spec.autoscaling',
    group: 'autoscaling',
    resources: ['horizontalpodautoscalers'],
    verbs: keep,
  },
  {
    because: 'spec.podDisruptionBudget',
    group: 'policy',
    resources: ['poddisruptionbudgets'],
    verbs: keep,
  },
  {
    because: 'spec.networkPolicy',
    group: 'networking.k8s.io',
    resources: ['networkpolicies'],
    verbs: keep,
  },
  {
    because: 'Addresses and readiness of the pods, which are asked what configuration they run',
    group: '',
    resources: ['pods'],
    verbs: watch,
  },
  {
    because: 'spec.auth with provider Authorino',
    group: 'authorino.kuadrant.io',
    resources: ['authconfigs'],
    verbs: keep,
  },
  {
    because: 'spec.monitoring',
    group: 'monitoring.coreos.com',
    resources: ['servicemonitors'],
    verbs: keep,
  },
  {
    because: 'Events on the resources',
    group: 'events.k8s.io',
    resources: ['events'],
    verbs: ['create'],
  },
];

/** Beside the watched rules, and only where every namespace is watched. */
export const clusterRules: readonly Rule[] = [
  {
    because: 'Which Prometheus will scrape a ServiceMonitor: its selectors',
    group: 'monitoring.coreos.com',
    resources: ['prometheuses', 'prometheusagents'],
    verbs: watch,
  },
  {
    because: 'Labels of namespaces, which Prometheus selects by',
    group: '',
    resources: ['namespaces'],
    verbs: watch,
  },
  {
    because: 'To notice at once that an optional API comes or goes',
    group: 'apiextensions.k8s.io',
    resources: ['customresourcedefinitions'],
    verbs: watch,
  },
];

/** In the namespace of the lease, where there is leader election. */
export function leaseRules(leaseName: string): readonly Rule[] {
  const lease = { group: 'coordination.k8s.io', resources: ['leases'] } as const;
  return [
    {
      ...lease,
      because: 'Which of the replicas leads',
      verbs: ['get', 'update'],
      resourceNames: [leaseName],
    },
    {
      ...lease,
      because: 'The first replica makes the lease; create cannot be bound to a name',
      verbs: ['create'],
    },
  ];
}

/** In the namespaces whose API-key Secrets are followed; nowhere unless asked for. */
export const apiKeySecretRules: readonly Rule[] = [
  {
    because: 'Annotations of API-key Secrets tell user and tier; only metadata is requested',
    group: '',
    resources: ['secrets'],
    verbs: watch,
  },
];

/** For people, not for the operator: what admins, editors and viewers of a namespace may do. */
export const userRules: Readonly<Record<'edit' | 'view', readonly Rule[]>> = {
  edit: [
    {
      because: 'What an editor of a namespace may do',
      group: apiGroup,
      resources: [plural],
      verbs: [...keep, 'update'],
    },
    {
      because: 'kubectl scale',
      group: apiGroup,
      resources: [`${plural}/scale`],
      verbs: ['get', 'patch', 'update'],
    },
  ],
  view: [
    {
      because: 'What a viewer of a namespace may see',
      group: apiGroup,
      resources: [plural, `${plural}/status`, `${plural}/scale`],
      verbs: ['get', ...watch],
    },
  ],
};
