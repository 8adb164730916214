// Whether the models run that the configuration's signals are computed with, by the pods' own word.
// Pure.
import type { ModelReport, PodReport } from '../observed.ts';
import type { Verdict } from '../reasons.ts';

type ModelsVerdict = Verdict & { readonly type: 'ModelsLoaded' };

export function judgeModelsLoaded(pods: readonly PodReport[]): ModelsVerdict {
  const running = pods.flatMap(({ name, answer }) =>
    answer.kind === 'runs' ? [{ name, models: answer.models }] : [],
  );
  if (running.length === 0) {
    return verdict('Unknown', 'NoPods', 'There is no running pod to be asked.');
  }
  const told = running.flatMap(({ name, models }) =>
    models === undefined
      ? []
      : models.filter(({ needed }) => needed).map((model) => ({ ...model, pod: name })),
  );
  if (running.every(({ models }) => models === undefined)) {
    return verdict('Unknown', 'NotReported', 'The routers are of a version that does not tell.');
  }
  const failed = told.find(({ state }) => state === 'failed');
  if (failed !== undefined) {
    const message = `${failed.pod}: the model for ${failed.name} failed: ${failed.detail}`;
    return verdict('False', 'Failed', message);
  }
  const absent = namesOf(told, 'absent');
  if (absent !== '') {
    const message =
      `No model for ${absent}: words and rules alone tell, which finds less. ` +
      'The router’s image or `spec.models` brings models.';
    return verdict('False', 'LexicalTier', message);
  }
  const loading = namesOf(told, 'loading');
  if (loading !== '') return verdict('False', 'Pending', `Loading the model for ${loading}.`);
  if (told.length === 0) {
    return verdict('True', 'NotNeeded', 'No signal of the configuration needs a model.');
  }
  return verdict('True', 'Loaded', `Models run for ${namesOf(told, 'ready')}.`);
}

/** Each name once; empty where no model is in that state. */
function namesOf(told: readonly ModelReport[], state: ModelReport['state']): string {
  const names = told.flatMap((model) => (model.state === state ? [model.name] : []));
  return [...new Set(names)].toSorted().join(' and ');
}

function verdict(
  status: ModelsVerdict['status'],
  reason: ModelsVerdict['reason'],
  message: string,
): ModelsVerdict {
  return { type: 'ModelsLoaded', status, reason, message };
}
