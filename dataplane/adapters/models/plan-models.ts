// From what a configuration says of models to the plan of opening them. Pure.
import type { RouterConfig } from '../../../config/schema/index.ts';
import type {
  LocalSource,
  ModelsPlan,
  RemoteClassification,
  RemoteEmbedding,
} from './model-plan.ts';
import type { HttpModelOptions } from './remote/http-model.ts';

type SignalModels = NonNullable<RouterConfig['signal_models']>;
type Classifier = NonNullable<SignalModels['domain']> | NonNullable<SignalModels['jailbreak']>;

/** `installed`: the folder that is searched where the configuration names none. */
export function planModels(
  models: RouterConfig['signal_models'],
  installed: string | undefined,
): ModelsPlan {
  const { directory = installed, embedding, pii, domain, jailbreak } = models ?? {};
  return {
    ...(directory === undefined ? {} : { directory }),
    ...(embedding === undefined ? {} : { embedding: embeddingOf(embedding) }),
    ...(pii === undefined ? {} : { pii: { kind: 'directory', path: pii.path } }),
    ...(domain === undefined ? {} : { domain: classifierOf(domain) }),
    ...(jailbreak === undefined ? {} : { jailbreak: classifierOf(jailbreak) }),
  };
}

function embeddingOf(said: NonNullable<SignalModels['embedding']>): LocalSource | RemoteEmbedding {
  const { path = '', url, model = '', dimensions = 0 } = said;
  return url === undefined
    ? { kind: 'directory', path }
    : { kind: 'remote', ...httpOf(url, said), model, dimensions };
}

function classifierOf(said: Classifier): LocalSource | RemoteClassification {
  const { path = '', url, labels = [] } = said;
  if (url !== undefined) return { kind: 'remote', ...httpOf(url, said), labels };
  const positiveLabels = 'positive_labels' in said ? said.positive_labels : undefined;
  return { kind: 'directory', path, ...(positiveLabels === undefined ? {} : { positiveLabels }) };
}

function httpOf(
  url: string,
  said: Pick<Classifier, 'api_key_env' | 'api_key_file' | 'timeout_ms' | 'max_concurrent'>,
): HttpModelOptions {
  const { api_key_env: env, api_key_file: file, timeout_ms, max_concurrent } = said;
  return {
    url,
    ...(env === undefined ? {} : { apiKey: { env } }),
    ...(file === undefined ? {} : { apiKey: { file } }),
    ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
    ...(max_concurrent === undefined ? {} : { maxConcurrent: max_concurrent }),
  };
}
