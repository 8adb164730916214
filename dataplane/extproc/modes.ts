// Which body modes the router can work in, and what may be changed on the way.
import type { ProtocolConfig } from './codec/decode.ts';

/**
 * What Envoy is taken to do when it does not say, as before 1.33: the usual modes, corrected by
 * what comes.
 */
export const assumedConfig: ProtocolConfig = {
  requestBodyMode: 'BUFFERED',
  responseBodyMode: 'BUFFERED',
};

/**
 * Why requests cannot be routed by their body, or answers not metered, in these modes. STREAMED
 * requests are refused because header mutations in a reply to a body are then applied only when the
 * body happened to come in one piece: measured with Envoy 1.40, the request is otherwise routed by
 * its old headers, with the new body.
 */
export function unsupportedMode(config: ProtocolConfig): string | undefined {
  const { requestBodyMode: request, responseBodyMode: response } = config;
  if (request !== 'BUFFERED' && request !== 'FULL_DUPLEX_STREAMED') {
    return `The ext_proc filter has request_body_mode ${request}; the router needs BUFFERED or FULL_DUPLEX_STREAMED.`;
  }
  if (response !== 'STREAMED' && response !== 'BUFFERED' && response !== 'FULL_DUPLEX_STREAMED') {
    return `The ext_proc filter has response_body_mode ${response}; the router needs STREAMED, BUFFERED or FULL_DUPLEX_STREAMED.`;
  }
  return undefined;
}

/** Whether a mode override can have an effect: Envoy ignores it beside a full-duplex mode. */
export function canOverride(config: ProtocolConfig): boolean {
  return (
    config.requestBodyMode !== 'FULL_DUPLEX_STREAMED' &&
    config.responseBodyMode !== 'FULL_DUPLEX_STREAMED'
  );
}
