// The way of a request: the stages in their order. Knows no proxy and no metrics library.
import { applyReasoning } from '../stages/apply-reasoning.ts';
import { decide } from '../stages/decide.ts';
import { encodeUpstream } from '../stages/encode-upstream.ts';
import { extractSignals } from '../stages/extract-signals.ts';
import { guard } from '../stages/guard.ts';
import { identify } from '../stages/identify.ts';
import { injectSystemPrompt } from '../stages/inject-system-prompt.ts';
import { lookupCache } from '../stages/lookup-cache.ts';
import { parse } from '../stages/parse.ts';
import { selectModel } from '../stages/select-model.ts';
import type { Identified, Received, WithBody } from '../stages/state.ts';
import { stageList } from './run.ts';

/** When the request headers have come. */
export const atRequestHeaders = stageList<Received>()([
  identify, // who pays; may refuse callers without identity
]);

/** When the whole request body has come. */
export const atRequestBody = stageList<Received & Identified & WithBody>()([
  parse, // bytes to a ChatRequest; refuses what is malformed or ambiguous
  extractSignals, // only the facts that some decision refers to
  decide, // signals to a decision, in three-valued logic
  guard, // detections; may block
  lookupCache, // may answer from the cache
  selectModel, // the decision's route; refuses unknown models
  applyReasoning, // as the model's family wants to be told
  injectSystemPrompt,
  encodeUpstream, // header and body mutations; only changed bytes are rewritten
]);
