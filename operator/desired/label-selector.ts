// Kubernetes' label selectors: whether labels fit one, and what they lack.
import type { LabelSelector } from './context.ts';

export type Labels = Readonly<Record<string, string>>;

/** Whether labels fit. Undefined and what is not valid select nothing, {} everything. */
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
    ...Object.entries(matchLabels).map(([key, value]) =>
      isKey(key) && isValue(value)
        ? {
            key,
            text: `${key}=${value}`,
            holds: (labels: Labels) => own(labels, key) === value,
            onlyValue: value,
          }
        : unmeetable(key, `${key}=${value}`),
    ),
    ...matchExpressions.map(requirementOf),
  ];
}

function requirementOf({ key, operator, values = [] }: Expression): Requirement {
  const among = `(${values.join(',')})`;
  const isAmong = (labels: Labels): boolean => values.includes(own(labels, key) ?? '');
  const isThere = (labels: Labels): boolean => own(labels, key) !== undefined;
  const has = values.length > 0 ? 'some' : 'none';
  const shape = isKey(key) && values.every(isValue) ? `${operator} ${has}` : 'no label';
  switch (shape) {
    case 'In some':
      return {
        key,
        text: `${key} in ${among}`,
        holds: (labels) => isThere(labels) && isAmong(labels),
        onlyValue: values.length === 1 ? values[0] : undefined,
      };
    case 'NotIn some':
      return {
        key,
        text: `${key} notin ${among}`,
        holds: (labels) => !isThere(labels) || !isAmong(labels),
      };
    case 'Exists none':
      return { key, text: key, holds: isThere };
    case 'DoesNotExist none':
      return { key, text: `!${key}`, holds: (labels) => !isThere(labels) };
    default:
      return unmeetable(key, `${key} ${operator} ${among}`);
  }
}

/**
 * The API server stores a selector unread. Whoever uses one refuses it as a whole if a requirement
 * makes no sense, so that it selects nothing.
 */
function unmeetable(key: string, text: string): Requirement {
  return { key, text: `${text} (which is no valid requirement)`, holds: () => false };
}

const keyPattern =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const valuePattern = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

function isKey(text: string): boolean {
  return keyPattern.test(text);
}

function isValue(text: string): boolean {
  return valuePattern.test(text);
}

function own(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}
