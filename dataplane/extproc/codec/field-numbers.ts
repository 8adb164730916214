// Field numbers of envoy.service.ext_proc.v3 and of the types that it uses. A number outside this
// list is an unknown field and skipped.

export const wireType = {
  varint: 0,
  fixed64: 1,
  delimited: 2,
  group: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;

export const processingRequest = {
  requestHeaders: 2,
  responseHeaders: 3,
  requestBody: 4,
  responseBody: 5,
  requestTrailers: 6,
  responseTrailers: 7,
  metadataContext: 8,
  attributes: 9,
  protocolConfig: 11,
} as const;

export const protocolConfiguration = { requestBodyMode: 1, responseBodyMode: 2 } as const;

export const httpHeaders = { headers: 1, endOfStream: 3 } as const;
export const httpBody = { body: 1, endOfStream: 2 } as const;
export const headerMap = { headers: 1 } as const;
export const headerValue = { key: 1, value: 2, rawValue: 3 } as const;
export const headerValueOption = { header: 1, appendAction: 3 } as const;
export const metadata = { filterMetadata: 1 } as const;
export const mapEntry = { key: 1, value: 2 } as const;
export const struct = { fields: 1 } as const;
export const value = { numberValue: 2, stringValue: 3, structValue: 5, listValue: 6 } as const;
export const listValue = { values: 1 } as const;

export const processingResponse = {
  requestHeaders: 1,
  responseHeaders: 2,
  requestBody: 3,
  responseBody: 4,
  requestTrailers: 5,
  responseTrailers: 6,
  immediateResponse: 7,
  dynamicMetadata: 8,
  modeOverride: 9,
} as const;

/** Of HeadersResponse and BodyResponse alike. */
export const phaseResponse = { response: 1 } as const;
export const commonResponse = { headerMutation: 2, bodyMutation: 3, clearRouteCache: 5 } as const;
export const headerMutation = { setHeaders: 1, removeHeaders: 2 } as const;
export const bodyMutation = { body: 1, clearBody: 2, streamedResponse: 3 } as const;
export const streamedBody = { body: 1, endOfStream: 2 } as const;
export const immediateResponse = { status: 1, headers: 2, body: 3, details: 5 } as const;
export const httpStatus = { code: 1 } as const;
export const processingMode = {
  responseHeaderMode: 2,
  requestBodyMode: 3,
  responseBodyMode: 4,
  requestTrailerMode: 5,
  responseTrailerMode: 6,
} as const;

/** HeaderSendMode. */
export const sendMode = { default: 0, send: 1, skip: 2 } as const;

/** HeaderAppendAction OVERWRITE_IF_EXISTS_OR_ADD. */
export const overwriteOrAdd = 2;
