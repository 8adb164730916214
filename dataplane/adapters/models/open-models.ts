// The models of the router: opens what is installed, keeps each in a thread of its own or behind a
// URL, and says how they are doing. It knows nothing of requests and signals.
import type { Embedder, Log, LogFields, TextClassifier, TokenClassifier } from '../../ports.ts';
import type { Answering } from './answering.ts';
import type { Task } from './directory/manifest.ts';
import { findModels, type FoundModels } from './find-models.ts';
import { localEmbedder, localTextClassifier, localTokenClassifier } from './host/local-models.ts';
import type { LocalSource, ModelRole, ModelsPlan, ModelStatus } from './model-plan.ts';
import { ModelSlot, type SlotOptions } from './model-slot.ts';
import { remoteClassifier } from './remote/remote-classifier.ts';
import { remoteEmbedder } from './remote/remote-embedder.ts';

export interface OpenModelsOptions extends ModelsPlan {
  readonly log: Log;
  /** Told when another model answers in a role, or none any more: what was made for it is stale. */
  readonly onChange?: (role: ModelRole) => void;
  /** Settings of the workers; for tests. */
  readonly host?: SlotOptions<unknown>['host'] | undefined;
}

/** Each model is the one that answers now, undefined where none does: ask anew for each request. */
export interface OpenModels {
  readonly embedder: Embedder | undefined;
  readonly piiTagger: TokenClassifier | undefined;
  readonly domainClassifier: TextClassifier | undefined;
  readonly jailbreakClassifier: TextClassifier | undefined;
  /** Resolves when each model of the plan was loaded or refused. */
  readonly settled: Promise<void>;
  /** Of embedding and personal data, and of the others where they are in the plan. */
  status(): readonly ModelStatus[];
  /** Workers that died or were given up since the program began, by role. */
  crashes(): Readonly<Record<ModelRole, number>>;
  /**
   * Goes over to another plan, or looks for changed files again. What did not change keeps running;
   * what did is replaced when its successor has passed its check. Resolves as `settled` does.
   */
  reload(plan: ModelsPlan): Promise<void>;
  close(): Promise<void>;
}

/** Returns at once; the models become ready one by one. Never throws. */
export function openModels({ log, onChange, host = {}, ...plan }: OpenModelsOptions): OpenModels {
  const common = (role: ModelRole): Omit<SlotOptions<unknown>, 'task' | 'adapt'> => ({
    role,
    log,
    host,
    onChange: () => onChange?.(role),
  });
  const classifier = { task: 'sequence-classification', adapt: localTextClassifier } as const;
  const slots: Slots = {
    embedding: new ModelSlot<Embedder>({
      ...common('embedding'),
      task: 'embedding',
      adapt: localEmbedder,
    }),
    pii: new ModelSlot<TokenClassifier>({
      ...common('pii'),
      task: 'token-classification',
      adapt: localTokenClassifier,
    }),
    domain: new ModelSlot<TextClassifier>({ ...common('domain'), ...classifier }),
    jailbreak: new ModelSlot<TextClassifier>({ ...common('jailbreak'), ...classifier }),
  };
  const all = [slots.embedding, slots.pii, slots.domain, slots.jailbreak];
  const sayAbsent = onceEach((fields) => {
    log.info('models are not installed; signals go without them', fields);
  });
  let current = plan;
  const settled = follow(slots, plan, sayAbsent);
  let last = settled;
  return {
    get embedder() {
      return slots.embedding.port;
    },
    get piiTagger() {
      return slots.pii.port;
    },
    get domainClassifier() {
      return slots.domain.port;
    },
    get jailbreakClassifier() {
      return slots.jailbreak.port;
    },
    settled,
    status: () =>
      all
        .map((slot) => slot.status())
        .filter(
          ({ role }) => role === 'embedding' || role === 'pii' || current[role] !== undefined,
        ),
    crashes: () => ({
      embedding: slots.embedding.crashes,
      pii: slots.pii.crashes,
      domain: slots.domain.crashes,
      jailbreak: slots.jailbreak.crashes,
    }),
    reload: (next) => {
      // One after the other: a plan is gone over to from the one before it.
      last = last.then(() => {
        current = next;
        return follow(slots, next, sayAbsent);
      });
      return last;
    },
    close: async () => {
      await Promise.all(all.map((slot) => slot.close()));
    },
  };
}

interface Slots {
  readonly embedding: ModelSlot<Embedder>;
  readonly pii: ModelSlot<TokenClassifier>;
  readonly domain: ModelSlot<TextClassifier>;
  readonly jailbreak: ModelSlot<TextClassifier>;
}

/** Lets through what is not what was said last. */
function onceEach(say: (fields: LogFields) => void): (fields: LogFields) => void {
  let last = '';
  return (fields) => {
    const now = JSON.stringify(fields);
    if (now !== last) say(fields);
    last = now;
  };
}

/** Gathers what is installed, then puts each model in its place. */
async function follow(
  slots: Slots,
  plan: ModelsPlan,
  sayAbsent: (fields: LogFields) => void,
): Promise<void> {
  const { directory, domain, jailbreak } = plan;
  const { byTask, problems } = directory === undefined ? nothing : await findModels(directory);
  const installed = (task: Task): LocalSource | undefined => {
    const path = byTask.get(task);
    return path === undefined ? undefined : { kind: 'directory', path };
  };
  const embedding = plan.embedding ?? installed('embedding');
  const pii = plan.pii ?? installed('token-classification');
  // A folder that holds something broken is not one that holds nothing.
  const [problem] = problems;
  const absent = [
    ...(embedding === undefined ? ['embedding'] : []),
    ...(pii === undefined ? ['pii'] : []),
  ];
  if (absent.length > 0 && problem === undefined) sayAbsent({ absent, directory });
  await Promise.all([
    embedding === undefined
      ? slots.embedding.goWithout(problem)
      : place(slots.embedding, embedding, remoteEmbedder),
    pii === undefined ? slots.pii.goWithout(problem) : slots.pii.load(pii),
    domain === undefined ? slots.domain.goWithout() : place(slots.domain, domain, remoteClassifier),
    jailbreak === undefined
      ? slots.jailbreak.goWithout()
      : place(slots.jailbreak, jailbreak, remoteClassifier),
  ]);
}

const nothing: FoundModels = { byTask: new Map(), problems: [] };

function place<Port, Remote extends { readonly kind: 'remote'; readonly url: string }>(
  slot: ModelSlot<Port>,
  source: LocalSource | Remote,
  connect: (remote: Remote, onFailure: (detail: string) => void) => Answering<Port>,
): Promise<void> {
  return source.kind === 'directory'
    ? slot.load(source)
    : slot.connect(source.url, JSON.stringify(source), (onFailure) => connect(source, onFailure));
}
