// The way of a response: the stages in their order. Chunks of the body go to the observer that
// `observe-body` made; the last two run once, at whatever ending.
import { annotate } from '../stages/annotate.ts';
import { finalize } from '../stages/finalize.ts';
import { observeBody } from '../stages/observe-body.ts';
import type { Answering, Ended } from '../stages/response-state.ts';
import { storeCache } from '../stages/store-cache.ts';
import { stageList } from './run.ts';

/** When the response headers have come. */
export const atResponseHeaders = stageList<Answering>()([
  annotate, // our headers over the backend's copies of them
  observeBody, // chunks to usage, finish reason and, where needed, text
]);

/** Once, at every ending. */
export const atEnding = stageList<Ended>()([
  storeCache, // complete, successful answers alone
  finalize, // one usage record, ledger before counters
]);
