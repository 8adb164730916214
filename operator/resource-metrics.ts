// What the operator's own metrics say of resources and of the APIs that may be missing. Read when
// scraped, so that a resource that is gone leaves no series behind.
import { Gauge, type Registry } from 'prom-client';
import type { Source } from './controller/source.ts';
import type { ReadStore } from './controller/store.ts';
import type { SemanticRouterMaas } from './resource/semantic-router-maas.ts';

/** Adds the gauges to the registry. */
export function addResourceMetrics(
  registry: Registry,
  {
    resources,
    optional,
  }: {
    readonly resources: { readonly store: Pick<ReadStore, 'list'> };
    readonly optional: readonly Pick<Source, 'type' | 'availability'>[];
  },
): void {
  const all = (): readonly SemanticRouterMaas[] =>
    resources.store.list() as readonly SemanticRouterMaas[];
  new Gauge({
    name: 'semantic_router_maas_condition',
    help: 'Conditions of resources: 1 for the status that holds, 0 for the others.',
    labelNames: ['namespace', 'name', 'type', 'status'],
    registers: [registry],
    collect() {
      this.reset();
      for (const { metadata, status } of all()) {
        const { namespace, name } = metadata;
        for (const { type, status: holds } of status?.conditions ?? []) {
          for (const one of ['True', 'False', 'Unknown']) {
            this.set({ namespace, name, type, status: one }, Number(one === holds));
          }
        }
      }
    },
  });
  new Gauge({
    name: 'semantic_router_maas_resources',
    help: 'Resources that the operator looks after.',
    registers: [registry],
    collect() {
      this.set(all().length);
    },
  });
  new Gauge({
    name: 'semantic_router_maas_dependency_available',
    help: 'Optional APIs: 1 while served and readable, else 0.',
    labelNames: ['kind', 'group'],
    registers: [registry],
    collect() {
      for (const { type, availability } of optional) {
        this.set({ kind: type.kind, group: type.group }, Number(availability === 'served'));
      }
    },
  });
}
