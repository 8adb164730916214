// Stage 9: the decision's system prompt goes in the place of the request's, or before its text.
import { proceed, type Stage } from './stage.ts';
import type { Parsed, Prompted, Routed } from './state.ts';

const untouched: Prompted = { systemPromptInjected: false, promptEdits: {} };

export const injectSystemPrompt: Stage<Parsed & Routed, Prompted> = {
  name: 'inject-system-prompt',
  run({ request, route }) {
    // Other endpoints have no messages that a system prompt could stand among.
    if (route.systemPrompt === undefined || request.endpoint !== 'chat.completions') {
      return proceed(untouched);
    }
    return proceed({
      systemPromptInjected: true,
      promptEdits: { systemPrompt: route.systemPrompt },
    });
  },
};
