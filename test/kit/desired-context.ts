// A DesiredContext for tests of builders: a small valid one, and what a test wants otherwise.
import { contentHash } from '../../config/content-hash.ts';
import { billingMode } from '../../config/mode.ts';
import { routerConfigSchema } from '../../config/schema/index.ts';
import type {
  ClusterFacts,
  DesiredContext,
  LabelSelector,
  PrometheusFacts,
} from '../../operator/desired/context.ts';
import { specSchema } from '../../operator/resource/spec.ts';

export function desiredContext(given: {
  /** The spec, as a user writes it, without `config`. */
  readonly spec?: object;
  /** Merged over a configuration with one model. */
  readonly config?: object;
  readonly cluster?: Partial<ClusterFacts>;
}): DesiredContext {
  const config = {
    default_model: 'small',
    vllm_endpoints: [{ name: 'local', address: '127.0.0.1', port: 8000 }],
    model_config: { small: {} },
    ...(given.config ?? { maas_integration: { enabled: true } }),
  };
  const text = JSON.stringify(config);
  const value = routerConfigSchema.parse(config);
  return {
    resource: { name: 'chat', namespace: 'team-a', uid: '6f0e1c5e-0000-4000-8000-000000000001' },
    spec: specSchema.parse({ config, ...given.spec }),
    config: { text, hash: contentHash(text), value, mode: billingMode(value) },
    cluster: {
      served: { authConfig: true, serviceMonitor: true },
      isOpenShift: false,
      prometheuses: undefined,
      namespaceLabels: undefined,
      authReminders: {},
      ...given.cluster,
    },
    defaults: {
      images: { router: 'registry.example/router:1', envoy: 'registry.example/envoy:1' },
      operatorNamespace: undefined,
    },
  };
}

/** A Prometheus that looks into every namespace for what fits the selector. */
export function prometheusFacts(
  serviceMonitorSelector: LabelSelector | undefined,
  more: Partial<PrometheusFacts> = {},
): PrometheusFacts {
  return {
    ...{ kind: 'Prometheus', name: 'k8s', namespace: 'monitoring' },
    serviceMonitorNamespaceSelector: {},
    serviceMonitorSelector,
    ...more,
  };
}
