// The plain JSON that Envoy messages are built of.

export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

/** One Envoy message in the JSON form of protobuf, fields in snake_case. */
export type EnvoyMessage = Readonly<Record<string, Json>>;

/** A message that Envoy keeps in a `google.protobuf.Any`. `type` has no `type.googleapis.com/`. */
export function any(type: string, fields: EnvoyMessage): EnvoyMessage {
  return { '@type': typeUrl(type), ...fields };
}

/** The full name of a message type, as Envoy's discovery files and `type_urls` carry it. */
export function typeUrl(type: string): string {
  return `type.googleapis.com/${type}`;
}

/** A `google.protobuf.Duration` of so many seconds. */
export function seconds(count: number): string {
  return `${count}s`;
}
