// Kubernetes' label selectors: whether labels fit one, and what they lack.
import type { LabelSelector } from './context.ts';

export type Labels = Readonly<Record<string, string>>;

/** Whether labels fit. Undefined selects nothing, {} everything. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector !== undefined && unmetRequirements(selector, labels).length === 0;
}

/** What labels lack to fit, each in kubectl's syntax, such as `release=kps` or `tier in (a,b)`. */
export function unmetRequirements(selector: LabelSelector, labels: Labels): string[] {
  return requirementsOf(selector)
    .filter((requirement) => !requirement.holds(labels))
    .map(({ text }) => text);
}

/** The keys that a selector asks about. */
export function selectorKeys(selector: LabelSelector): string[] {
  return requirementsOf(selector).map(({ key }) => key);
}

/** The labels that are demanded with one certain value. */
export function demandedLabels(selector: LabelSelector): Labels {
  return Object.fromEntries(
    requirementsOf(selector).flatMap(({ key, onlyValue }) =>
      onlyValue === undefined ? [] : [[key, onlyValue]],
    ),
  );
}

interface Requirement {
  readonly key: string;
  readonly text: string;
  readonly holds: (labels: Labels) => boolean;
  readonly onlyValue?: string | undefined;
}

type Expression = NonNullable<LabelSelector['matchExpressions']>[number];

function requirementsOf({ matchLabels = {}, matchExpressions = [] }: LabelSelector): Requirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({
      key,
      text: `${key}=${value}`,
      holds: (labels: Labels) => own(labels, key) === value,
      onlyValue: value,
    })),
    ...matchExpressions.map(requirementOf),
  ];
}

function requirementOf({ key, operator, values = [] }: Expression): Requirement {
  const among = `(${values.join(',')})`;
  const isAmong = (labels: Labels): boolean => values.includes(own(labels, key) ?? '');
  const isThere = (labels: Labels): boolean => own(labels, key) !== undefined;
  switch (operator) {
    case 'In':
      return {
        key,
        text: `${key} in ${among}`,
        holds: (labels) => isThere(labels) && isAmong(labels),
        onlyValue: values.length === 1 ? values[0] : undefined,
      };
    case 'NotIn':
      return {
        key,
        text: `${key} notin ${among}`,
        holds: (labels) => !isThere(labels) || !isAmong(labels),
      };
    case 'Exists':
      return { key, text: key, holds: isThere };
    case 'DoesNotExist':
      return { key, text: `!${key}`, holds: (labels) => !isThere(labels) };
  }
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
