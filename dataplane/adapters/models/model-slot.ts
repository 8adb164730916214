// The place of one model: what answers now, and what is being loaded to take its place. A newcomer
// answers nobody before it has passed its golden check; if it does not, the old one stays.
import type { Log } from '../../ports.ts';
import { noCounts, type Answering } from './answering.ts';
import { directoryState } from './directory/directory-state.ts';
import type { Task } from './directory/manifest.ts';
import { startModelHost, type ModelHost, type ModelHostOptions } from './host/model-host.ts';
import type { LocalSource, ModelRole, ModelStatus } from './model-plan.ts';
import type { ModelInfo } from './worker/load-model.ts';

export interface SlotOptions<Port> {
  readonly role: ModelRole;
  readonly task: Task;
  /** Makes of a loaded model what the router uses. */
  readonly adapt: (host: ModelHost, info: ModelInfo) => Port;
  readonly log: Log;
  /** Told when another model answers, or none any more. */
  readonly onChange: () => void;
  readonly host: Omit<ModelHostOptions, 'directory' | 'overrides' | 'onCrash' | 'onFailure'>;
}

export class ModelSlot<Port> {
  readonly #options: SlotOptions<Port>;
  #current: Answering<Port> | undefined;
  /** The newcomer. */
  #loading: ModelHost | undefined;
  #source: string | undefined;
  #problem: string | undefined;
  /** What the current model, or the one being loaded, was made of. */
  #madeOf = '';
  #isClosed = false;
  #crashes = 0;
  /** Whether anybody has said yet what is to be here. */
  #isDecided = false;

  constructor(options: SlotOptions<Port>) {
    this.#options = options;
  }

  /** What answers now. */
  get port(): Port | undefined {
    return this.#current?.port;
  }

  /** Workers that died or were given up since the program began, whichever model they had. */
  get crashes(): number {
    return this.#crashes;
  }

  status(): ModelStatus {
    const current = this.#current;
    return {
      role: this.#options.role,
      state: this.#state(),
      source: current?.source ?? this.#source,
      id: current?.id,
      problem: this.#problem ?? current?.problem(),
      counts: current?.counts() ?? noCounts,
      info: current?.info,
    };
  }

  #state(): ModelStatus['state'] {
    if (this.#current !== undefined) {
      if (this.#current.isReady()) return 'ready';
      return this.#current.problem() === undefined ? 'loading' : 'failed';
    }
    if (this.#loading !== undefined || !this.#isDecided) return 'loading';
    return this.#problem === undefined ? 'absent' : 'failed';
  }

  /**
   * Loads a model unless it is the one that answers. Resolves when it answers or was refused; to be
   * called again only then.
   */
  async load({ path, positiveLabels }: LocalSource): Promise<void> {
    const madeOf = JSON.stringify([path, positiveLabels, await directoryState(path)]);
    if (this.#isClosed || madeOf === this.#madeOf) return;
    this.#madeOf = madeOf;
    this.#isDecided = true;
    this.#source = path;
    const { role, task, adapt, log, host: hostOptions } = this.#options;
    let hasFailed = false;
    const host = startModelHost({
      ...hostOptions,
      directory: path,
      overrides: positiveLabels === undefined ? {} : { positiveLabels },
      onCrash: (reason) => {
        this.#crashes += 1;
        log.warn('the worker of a model died and is started again', { role, reason });
      },
      onFailure: (detail) => {
        if (!hasFailed)
          log.warn('a model failed at a text; later failures are counted', { role, detail });
        hasFailed = true;
      },
    });
    this.#loading = host;
    const info = await host.loaded;
    this.#loading = undefined;
    if (host.state() === 'closed') return;
    if (typeof info === 'string' || info.task !== task) {
      await host.close();
      const sentence = typeof info === 'string' ? info : wrongTask(path, info.task, task);
      this.#refuse(sentence);
      return;
    }
    log.info('a model is ready', { role, id: info.id, file: info.file, loadMs: info.loadMs });
    await this.#install({
      port: adapt(host, info),
      id: info.id,
      info,
      source: path,
      counts: () => host.counts(),
      isReady: () => host.state() === 'ready',
      problem: () => host.problem(),
      retire: () => host.retire(),
      close: () => host.close(),
    });
  }

  /** Takes a model behind a URL into use, unless it is the one that answers. */
  async connect(
    url: string,
    madeOf: string,
    connect: (onFailure: (detail: string) => void) => Answering<Port>,
  ): Promise<void> {
    if (this.#isClosed || madeOf === this.#madeOf) return;
    this.#madeOf = madeOf;
    this.#isDecided = true;
    this.#source = url;
    const { role, log } = this.#options;
    const onFailure = (detail: string): void => {
      log.warn('a model behind a URL fails', { role, url, detail });
    };
    await this.#install(connect(onFailure));
  }

  /** Resolves when the old model has answered who waited for it. */
  async #install(answering: Answering<Port>): Promise<void> {
    const old = this.#current;
    this.#current = answering;
    this.#problem = undefined;
    if (old?.id !== answering.id) this.#options.onChange();
    await old?.retire();
  }

  /** Says why there is no model, or no newer one. */
  #refuse(sentence: string): void {
    this.#problem = sentence;
    this.#isDecided = true;
    const { role, log } = this.#options;
    const instead = this.#current?.id;
    log.error('a model cannot be used', {
      role,
      problem: sentence,
      ...(instead === undefined ? {} : { instead }),
    });
  }

  /** There is no model, or none that can be used: the one that answered stays in that case. */
  async goWithout(problem?: string): Promise<void> {
    if (problem !== undefined) {
      this.#refuse(problem);
      return;
    }
    const old = this.#current;
    this.#current = undefined;
    this.#problem = undefined;
    this.#source = undefined;
    this.#madeOf = '';
    this.#isDecided = true;
    if (old !== undefined) this.#options.onChange();
    await old?.retire();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all([this.#loading?.close(), this.#current?.close()]);
  }
}

function wrongTask(path: string, is: Task, wanted: Task): string {
  return `${path}: it is a model for ${is}, and one for ${wanted} is wanted here.`;
}
