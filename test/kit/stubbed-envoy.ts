// Envoy by our configuration before a stand-in for the router, with everything around it that a test
// starts, and one call that ends it all.
import type { ServerCredentials } from '@grpc/grpc-js';
import type { AddressInfo, Server } from 'node:net';
import type { EnvoyOptions } from '../../config/envoy/options.ts';
import { routerConfigSchema, type RouterConfig } from '../../config/schema/index.ts';
import { startConfiguredEnvoy, type ConfiguredEnvoy } from './configured-envoy.ts';
import { startModelServer, type ModelServer } from './model-server.ts';
import { freePort } from './ports.ts';
import { startStubRouter, type SeenRequest, type StubAnswer } from './stub-router.ts';

interface StubbedEnvoy extends ConfiguredEnvoy {
  /** What the router saw of each request, headers first, then body. */
  readonly seen: readonly SeenRequest[];
}

interface StubbedEnvoyOptions {
  readonly options?: Partial<EnvoyOptions>;
  /** What the router does with the headers of a request; lets it pass when left out. */
  readonly decide?: (request: SeenRequest) => StubAnswer;
  readonly extProc?: EnvoyOptions['extProc'];
  readonly credentials?: ServerCredentials;
}

interface Surroundings {
  /** A backend that answers whatever comes. */
  readonly backend: () => Promise<ModelServer>;
  /** Lets a server listen on a free port and resolves with it. */
  readonly listen: (server: Server) => Promise<number>;
  /** Envoy by `config`, before a router that routes by the body's `model`. */
  readonly start: (config: RouterConfig, given?: StubbedEnvoyOptions) => Promise<StubbedEnvoy>;
  /** Has something else done at the end. */
  readonly onEnd: (cleanup: () => unknown) => void;
  /** Ends everything, last first. */
  readonly end: () => Promise<void>;
}

export function createSurroundings(): Surroundings {
  const cleanups: (() => unknown)[] = [];
  const onEnd = (cleanup: () => unknown): void => {
    cleanups.push(cleanup);
  };
  return {
    onEnd,
    end: async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    },
    backend: async () => {
      const server = await startModelServer();
      onEnd(() => server.close());
      return server;
    },
    listen: async (server) => {
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      onEnd(() => server.close());
      return (server.address() as AddressInfo).port;
    },
    start: async (config, given = {}) => {
      const extProc = given.extProc ?? { host: '127.0.0.1', port: await freePort() };
      const seen: SeenRequest[] = [];
      const router = await startStubRouter({
        address:
          'unixSocket' in extProc ? `unix:${extProc.unixSocket}` : `127.0.0.1:${extProc.port}`,
        ...(given.credentials === undefined ? {} : { credentials: given.credentials }),
        onHeaders: (request) => {
          seen.push(request);
          return given.decide?.(request);
        },
        onBody: (request) => {
          seen.push(request);
          return routeByBody(request);
        },
      });
      onEnd(() => {
        router.close();
      });
      const started = await startConfiguredEnvoy({
        config,
        extProc,
        ...(given.options === undefined ? {} : { options: given.options }),
      });
      onEnd(() => started.stop());
      return { ...started, seen };
    },
  };
}

function routeByBody({ body }: SeenRequest): StubAnswer {
  const model = /"model":"([^"]*)"/.exec(body.toString())?.[1];
  return model === undefined ? undefined : { setHeaders: { 'x-selected-model': model } };
}

/** A configuration of models by name, each served by one port of 127.0.0.1, plus `rest`. */
export function configOf(
  models: Readonly<Record<string, number>>,
  rest: object = {},
): RouterConfig {
  const names = Object.keys(models);
  return routerConfigSchema.parse({
    default_model: names[0],
    vllm_endpoints: names.map((name) => ({ name, address: '127.0.0.1', port: models[name] })),
    model_config: Object.fromEntries(names.map((name) => [name, { preferred_endpoints: [name] }])),
    ...rest,
  });
}
