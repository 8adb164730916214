// Ending Envoy's work in order, over its admin interface: clients are asked to go elsewhere, then the
// port is closed, then what runs may end. Ending the process is somebody else's.
import { statPrefix } from '../../config/envoy/resource-names.ts';
import type { AskEnvoy } from './ask-envoy.ts';

export interface EnvoyDrain {
  /** Answers tell clients from now on that the connection ends with them. */
  turnAway(): Promise<void>;
  /** No new connections; those that there are go on. */
  stopListening(): Promise<void>;
  /**
   * Resolves when no request runs any more, its answer with the client to the last byte; when Envoy
   * does not answer; or after `graceMs`.
   */
  idle(graceMs: number): Promise<void>;
}

export interface EnvoyDrainDeps {
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
}

const activeRequests = `http.${statPrefix}.downstream_rq_active`;

export function createEnvoyDrain(ask: AskEnvoy, { sleep, now }: EnvoyDrainDeps): EnvoyDrain {
  const running = async (): Promise<number> => {
    const filter = encodeURIComponent(`^${activeRequests.replaceAll('.', '\\.')}$`);
    const text = await ask('GET', `/stats?filter=${filter}`);
    return Number(text?.split(': ')[1] ?? 0);
  };
  return {
    turnAway: async () => {
      await ask('POST', '/healthcheck/fail');
    },
    stopListening: async () => {
      await ask('POST', '/drain_listeners');
    },
    idle: async (graceMs) => {
      const deadline = now() + graceMs;
      while ((await running()) > 0 && now() < deadline) {
        await sleep(Math.min(100, deadline - now()));
      }
    },
  };
}
