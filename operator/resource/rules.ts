// Rules that cross fields, each said twice in one place: as a function for our own parser, and in CEL
// for the API server. Knows no rule itself.
import type { z } from 'zod';
import { isRaw } from '../../config/legacy/normalised.ts';

/** One rule about a section. */
export interface Rule<Value> {
  /** A clause that both sides answer with, such as `only one of a and b may be set`. */
  readonly message: string;
  /** In CEL, about `self`, when the API server has put in the defaults. */
  readonly cel: string;
  readonly holds: (value: Value) => boolean;
  /** The field to blame; the whole section when left out. */
  readonly field?: string;
  /** Whether it only asks which fields are there, which can be told of wrong ones too. */
  readonly asksPresence?: true;
}

/** What the API server takes from a rule. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
  readonly fieldPath?: string;
}

/** The section with its rules. They are asked when its fields are right in themselves. */
export function withRules<Section extends z.ZodType>(
  section: Section,
  rules: readonly Rule<z.output<Section>>[],
): Section {
  const checked = rules.reduce(
    (schema, { holds, message, field, asksPresence }) =>
      schema.refine(holds, {
        message,
        ...(field === undefined ? {} : { path: [field] }),
        ...(asksPresence === true ? { when: ({ value }) => isRaw(value) } : {}),
      }),
    section,
  );
  return checked.meta({ 'x-kubernetes-validations': rules.map(celOf) });
}

function celOf({ cel, message, field }: Rule<never>): CelRule {
  return { rule: cel, message, ...(field === undefined ? {} : { fieldPath: `.${field}` }) };
}

/** A list in which nothing stands twice, which the API server merges value by value. */
export function setOf<Item extends z.ZodType<string>>(items: z.ZodArray<Item>): z.ZodArray<Item> {
  return items
    .refine((list) => new Set(list).size === list.length, 'must not repeat an entry')
    .meta({ 'x-kubernetes-list-type': 'set' });
}

/** A list of objects that `key` tells apart, which the API server merges object by object. */
export function listBy<Key extends string, Item extends z.ZodType<Readonly<Record<Key, string>>>>(
  key: Key,
  items: z.ZodArray<Item>,
): z.ZodArray<Item> {
  return items
    .refine(
      (list) => new Set(list.map((item) => item[key])).size === list.length,
      `must not repeat a ${key}`,
    )
    .meta({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': [key] });
}
