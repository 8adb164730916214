// RouterConfig to Runtime: everything that can be prepared once per configuration, so that a
// request only looks things up. Whatever could fail here has been tried by `config/check`.
import { billingMode, type BillingMode } from '../../config/mode.ts';
import {
  reservedDecisionNames,
  reservedHeaderPrefix,
  responseHeaderSuffixes,
  standaloneResponseHeaders,
} from '../../config/names.ts';
import type { Decision, RouterConfig } from '../../config/schema/index.ts';
import { compileDecisions } from '../domain/compiled-decisions.ts';
import type { MeteringPolicy } from '../domain/metering-policy.ts';
import { modelList } from '../domain/model-list.ts';
import { compilePrice } from '../domain/money.ts';
import { guardsFor } from './compile-guards.ts';
import { compileSignals, type SignalParts } from './compile-signals.ts';
import { cachePolicyOf } from './cache-policy.ts';
import type {
  HeaderPlugin,
  IdentityPlan,
  Model,
  ResponseHeaderNames,
  RoutePlan,
  Runtime,
  SystemPrompt,
} from './runtime.ts';

export interface RuntimeSource {
  readonly config: RouterConfig;
  /** Content hash of the file. */
  readonly hash: string;
  readonly loadedAtMs: number;
  /** Left out: signals that need them are unknown. */
  readonly parts?: SignalParts;
}

export function compileRuntime({ config, hash, loadedAtMs, parts }: RuntimeSource): Runtime {
  const mode = billingMode(config);
  const models = new Map(
    Object.keys(config.model_config).map((name) => [name, modelOf(config, name)]),
  );
  const find = (name: string): Model => {
    const model = models.get(name);
    if (model === undefined) throw new Error(`model ${name} passed the checks but does not exist`);
    return model;
  };
  const planFor = (decision: string, model: Model): RoutePlan => {
    const parts = { model, reasoning: undefined, systemPrompt: undefined, headerPlugin: undefined };
    return {
      ...parts,
      decision,
      upstreamModel: model.upstreamModel,
      guards: guardsFor(config, [], find),
      cache: cachePolicyOf(config, parts),
    };
  };
  const listed = [
    ...config.auto_model_name,
    ...(config.include_config_models_in_list ? models.keys() : []),
  ];
  const decisions = compileDecisions(config);
  const plans = new Map(
    config.decisions.map((decision) => [decision.name, decisionPlan(config, decision, find)]),
  );
  const defaultPlan = planFor(reservedDecisionNames.default, find(config.default_model));
  const plansOfAuto = [
    ...plans.values(),
    ...(config.decisions.some(matchesAll) ? [] : [defaultPlan]),
  ];
  return {
    config,
    hash,
    loadedAtMs,
    identity: mode === 'standalone' ? undefined : identityPlan(config),
    models,
    autoModelNames: new Set(config.auto_model_name),
    plans,
    defaultPlan,
    alwaysFindsPii: plansOfAuto.every(({ guards }) => guards.pii !== undefined),
    pinnedPlans: new Map(
      [...models].map(([name, model]) => [name, planFor(reservedDecisionNames.pinned, model)]),
    ),
    decisions,
    signals: compileSignals(config, decisions.needed, parts),
    responseHeaders: responseHeaderNames(config, mode),
    metering: meteringPolicy(config, mode),
    hidesForcedUsage: config.router.hide_forced_usage,
    maxRequestBodyBytes: config.router.max_request_body_bytes,
    modelList: {
      status: 200,
      headers: [['content-type', 'application/json']],
      body: JSON.stringify(modelList(listed)),
      details: 'router_models',
    },
  };
}

/** Whether some decision wins where it does: none is left to the default. */
function matchesAll({ rules }: Decision): boolean {
  return rules.operator === 'AND' && rules.conditions.length === 0;
}

function modelOf(config: RouterConfig, name: string): Model {
  const model = config.model_config[name];
  const family =
    model?.reasoning_family === undefined
      ? undefined
      : config.reasoning_families[model.reasoning_family];
  return {
    name,
    upstreamModel: model?.upstream_model ?? name,
    reasoningFamily: family && { type: family.type, parameter: family.parameter },
    price: model?.pricing && compilePrice(model.pricing),
  };
}

function decisionPlan(
  config: RouterConfig,
  decision: Decision,
  find: (name: string) => Model,
): RoutePlan {
  const [ref] = decision.modelRefs;
  const model = find(ref?.model ?? config.default_model);
  const parts = {
    model,
    reasoning: {
      enabled: ref?.use_reasoning ?? false,
      effort: ref?.reasoning_effort ?? config.default_reasoning_effort,
    },
    systemPrompt: systemPromptOf(decision),
    headerPlugin: headerPluginOf(decision),
  };
  return {
    ...parts,
    decision: decision.name,
    upstreamModel: ref?.lora_name ?? model.upstreamModel,
    guards: guardsFor(config, decision.plugins, find),
    cache: cachePolicyOf(config, parts, decision.plugins),
  };
}

function systemPromptOf({ plugins }: Decision): SystemPrompt | undefined {
  for (const plugin of plugins) {
    if (plugin.type === 'system_prompt' && plugin.configuration.enabled) {
      const { system_prompt: text, mode } = plugin.configuration;
      return { text, mode };
    }
  }
  return undefined;
}

function headerPluginOf({ plugins }: Decision): HeaderPlugin | undefined {
  for (const plugin of plugins) {
    if (plugin.type !== 'header_mutation') continue;
    const { add, update, delete: removed } = plugin.configuration;
    const pair = ({ name, value }: { name: string; value: string }): readonly [string, string] => [
      name.toLowerCase(),
      value,
    ];
    return {
      add: add.map(pair),
      update: update.map(pair),
      remove: removed.map((name) => name.toLowerCase()),
    };
  }
  return undefined;
}

function identityPlan(config: RouterConfig): IdentityPlan {
  const { authentication } = config.maas_integration;
  const { metadata, attributes } = authentication;
  const [user, tier] = [authentication.user_header, authentication.tier_header].map(lowerCase) as [
    string,
    string,
  ];
  const groups = authentication.groups_header?.toLowerCase();
  const headers = [user, tier, ...(groups === undefined ? [] : [groups])];
  const common = {
    fallbackUser: authentication.fallback_user,
    fallbackTier: authentication.fallback_tier,
    rejectsMissing: authentication.on_missing === 'reject',
    headers,
  };
  if (metadata !== undefined) {
    return { source: 'metadata', ...metadata, groups: metadata.groups, ...common };
  }
  if (attributes !== undefined) {
    const source = { source: 'attributes', namespace: '' } as const;
    return { ...source, ...attributes, groups: attributes.groups, ...common };
  }
  return { source: 'headers', namespace: '', user, tier, groups, ...common };
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function responseHeaderNames(config: RouterConfig, mode: BillingMode): ResponseHeaderNames {
  const { prefix, export_routing, export_cache, export_security } = config.maas_integration.headers;
  const suffixes = responseHeaderSuffixes;
  if (mode === 'standalone') {
    const names = standaloneResponseHeaders;
    return {
      model: names.model,
      decision: names.decision,
      category: names.category,
      reasoning: names.reasoning,
      systemPromptInjected: names.systemPromptInjected,
      cacheHit: names.cacheHit,
      tellsMisses: false,
      requestBlocked: undefined,
      blockReason: undefined,
      piiDetected: undefined,
      jailbreakDetected: undefined,
      reserved: [],
    };
  }
  const name = (exported: boolean, suffix: string): string | undefined =>
    exported ? `${prefix}${suffix}` : undefined;
  return {
    model: name(export_routing, suffixes.modelSelected),
    decision: name(export_routing, suffixes.decision),
    category: name(export_routing, suffixes.category),
    reasoning: name(export_routing, suffixes.reasoningEnabled),
    systemPromptInjected: name(export_routing, suffixes.systemPromptInjected),
    cacheHit: name(export_cache, suffixes.cacheHit),
    tellsMisses: true,
    requestBlocked: name(export_security, suffixes.requestBlocked),
    blockReason: name(export_security, suffixes.blockReason),
    piiDetected: name(export_security, suffixes.piiDetected),
    jailbreakDetected: name(export_security, suffixes.jailbreakDetected),
    reserved: prefix.startsWith(reservedHeaderPrefix)
      ? []
      : Object.values(suffixes).map((suffix) => `${prefix}${suffix}`),
  };
}

function meteringPolicy(config: RouterConfig, mode: BillingMode): MeteringPolicy {
  const { metrics } = config.maas_integration;
  return {
    mode,
    calculatesCost: mode !== 'maas',
    exportTokens: metrics.export_token_metrics,
    exportCache: metrics.export_cache_metrics,
    exportRouting: metrics.export_routing_metrics,
    exportSecurity: metrics.export_security_metrics,
    userLabel: metrics.user_label,
    maxUsers: metrics.max_users,
    knownTiers: metrics.known_tiers.length === 0 ? undefined : new Set(metrics.known_tiers),
  };
}
