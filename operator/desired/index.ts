// What the cluster should hold for one resource: a list of builders, in the order in which their
// objects are applied. Pure; knows no cluster.
import type { KubeObject } from '../kube/port.ts';
import { buildAuthConfig } from './auth-config.ts';
import { buildConfigMap } from './config-map.ts';
import type { Builder, DesiredContext } from './context.ts';
import { buildDeployment } from './deployment.ts';
import { buildHorizontalPodAutoscaler } from './horizontal-pod-autoscaler.ts';
import { buildNetworkPolicy } from './network-policy.ts';
import { buildPodDisruptionBudget } from './pod-disruption-budget.ts';
import { buildServiceAccount } from './service-account.ts';
import { buildServiceMonitor } from './service-monitor.ts';
import { buildHeadlessService, buildService } from './services.ts';

const builders: readonly Builder[] = [
  buildConfigMap, // what the pods read
  buildServiceAccount, // as whom they run
  buildNetworkPolicy, // who may reach them, before anybody can
  buildAuthConfig, // and as whom
  buildService, // where clients and scrapers find them
  buildHeadlessService, // and each by itself
  buildDeployment, // the pods
  buildPodDisruptionBudget, // how many may go at once
  buildHorizontalPodAutoscaler, // how many there are
  buildServiceMonitor, // who scrapes them
];

export function desiredObjects(context: DesiredContext): KubeObject[] {
  return builders.flatMap((build) => build(context) ?? []);
}
