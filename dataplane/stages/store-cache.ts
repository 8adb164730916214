// Stage 13: a complete, successful answer goes to the cache that was asked for it.
import type { Ended } from './response-state.ts';
import { proceed, type Stage } from './stage.ts';

export const storeCache: Stage<Ended, object> = {
  name: 'store-cache',
  run({ request, wasComplete, status, contentType, observation }, { cache }) {
    const { cacheKey, route } = request;
    const body = observation?.body;
    if (
      cache !== undefined &&
      cacheKey !== undefined &&
      route !== undefined &&
      body !== undefined &&
      contentType !== undefined &&
      wasComplete &&
      status === 200 &&
      !observation?.broken
    ) {
      cache.store(cacheKey, {
        model: route.model.name,
        contentType,
        body,
        usage: observation?.usage,
      });
    }
    return proceed({});
  },
};
