// Prometheus and PrometheusAgent objects by how they choose ServiceMonitors, and whether each takes one that is labelled
// `release=kps` and `empty=`, in a namespace that is labelled `monitored=yes` and `team=a`.
export interface PrometheusRow {
  readonly what: string;
  /** A PrometheusAgent in place of a Prometheus. */
  readonly isAgent?: boolean;
  /** Of the object. */
  readonly spec: object;
  readonly takes: boolean;
  /** It selects it, and takes it all the same not: a selector is not all that there is. */
  readonly isOnlySelected?: boolean;
  /** Whether it is in the ServiceMonitor's namespace; else it is in another. */
  readonly isInOurs?: boolean;
}

const all = {};
const labels = (matchLabels: object): object => ({ matchLabels });
const key = (name: string, operator: string, values?: readonly string[]): object => ({
  matchExpressions: [{ key: name, operator, ...(values === undefined ? {} : { values }) }],
});

/** By the labels of the ServiceMonitor, while it looks into every namespace. */
const byLabels: readonly (readonly [string, object | undefined, boolean])[] = [
  ['no selector', undefined, false],
  ['the empty selector', all, true],
  ['an empty list of labels', labels({}), true],
  ['an empty list of expressions', { matchExpressions: [] }, true],
  ['a label that is there', labels({ release: 'kps' }), true],
  ['a label with another value', labels({ release: 'other' }), false],
  ['a label that is missing', labels({ prometheus: 'kps' }), false],
  ['one label of two', labels({ release: 'kps', prometheus: 'kps' }), false],
  ['an empty value that is there', labels({ empty: '' }), true],
  ['an empty value of a label that is missing', labels({ prometheus: '' }), false],
  ['the name of a property of every object', labels({ constructor: 'kps' }), false],
  ['our own label', labels({ 'app.kubernetes.io/instance': 'chat' }), true],
  ['In, one of them', key('release', 'In', ['a', 'kps']), true],
  ['In, none of them', key('release', 'In', ['a', 'b']), false],
  ['In, a missing label', key('prometheus', 'In', ['a', '']), false],
  ['NotIn, none of them', key('release', 'NotIn', ['a', 'b']), true],
  ['NotIn, one of them', key('release', 'NotIn', ['kps']), false],
  ['NotIn, a missing label', key('prometheus', 'NotIn', ['a']), true],
  ['Exists, a label that is there', key('release', 'Exists'), true],
  ['Exists, an empty label', key('empty', 'Exists'), true],
  ['Exists, a missing label', key('prometheus', 'Exists'), false],
  ['DoesNotExist, a missing label', key('prometheus', 'DoesNotExist'), true],
  ['DoesNotExist, a label that is there', key('release', 'DoesNotExist'), false],
  ['labels and expressions', { ...labels({ release: 'kps' }), ...key('empty', 'Exists') }, true],
  ['labels, but not expressions', { ...labels({ release: 'kps' }), ...key('a', 'Exists') }, false],
  // These the API server takes, and the Prometheus Operator does not.
  ['In without values', key('release', 'In', []), false],
  ['NotIn without values', key('release', 'NotIn', []), false],
  ['Exists with values', key('release', 'Exists', ['kps']), false],
  ['DoesNotExist with values', key('prometheus', 'DoesNotExist', ['kps']), false],
  ['an operator that nobody knows', key('release', 'Like', ['kps']), false],
  ['an operator in small letters', key('release', 'in', ['kps']), false],
  ['NotIn with what is no value', key('release', 'NotIn', ['not a value']), false],
  ['DoesNotExist of what is no key', key('not a key', 'DoesNotExist'), false],
  ['NotIn with a value that is too long', key('release', 'NotIn', ['a'.repeat(64)]), false],
  ['DoesNotExist of a key with two prefixes', key('a/b/c', 'DoesNotExist'), false],
  ['DoesNotExist of a key with a long prefix', key('Example.com/b', 'DoesNotExist'), false],
];

/** By the namespace, while any ServiceMonitor will do. */
const byNamespace: readonly (readonly [string, object | undefined, boolean])[] = [
  ['a label that is there', labels({ monitored: 'yes' }), true],
  ['a label with another value', labels({ monitored: 'no' }), false],
  ['the name', labels({ 'kubernetes.io/metadata.name': 'team-rows' }), true],
  ['another name', labels({ 'kubernetes.io/metadata.name': 'team-b' }), false],
  ['In, one of them', key('team', 'In', ['a', 'b']), true],
  ['NotIn, one of them', key('team', 'NotIn', ['a', 'b']), false],
  ['NotIn, none of them', key('team', 'NotIn', ['c']), true],
  ['DoesNotExist, a missing label', key('secret', 'DoesNotExist'), true],
  ['Exists, a missing label', key('secret', 'Exists'), false],
  ['an operator that nobody knows', key('team', 'Like', ['a']), false],
  ['NotIn without values', key('team', 'NotIn', []), false],
  ['none, from another namespace', undefined, false],
];

function choosing(release: string, takes: boolean): PrometheusRow {
  return {
    what: `release=${release}`,
    spec: {
      serviceMonitorSelector: labels({ release }),
      serviceMonitorNamespaceSelector: labels({ monitored: 'yes' }),
    },
    takes,
  };
}

export const prometheusRows: readonly PrometheusRow[] = [
  ...byLabels.map(([what, selector, takes]) => ({
    what: `ServiceMonitors: ${what}`,
    // Without any selector it would be left to the user to write the configuration.
    spec: {
      podMonitorSelector: {},
      serviceMonitorSelector: selector,
      serviceMonitorNamespaceSelector: all,
    },
    takes,
  })),
  ...byNamespace.map(([what, selector, takes]) => ({
    what: `namespaces: ${what}`,
    spec: { serviceMonitorSelector: all, serviceMonitorNamespaceSelector: selector },
    takes,
  })),
  { what: 'no selector of anything', spec: {}, takes: false },
  {
    what: 'namespaces: none, in the same namespace',
    spec: { serviceMonitorSelector: all },
    takes: true,
    isInOurs: true,
  },
  {
    what: 'namespaces: the empty selector, in the same namespace',
    spec: { serviceMonitorSelector: all, serviceMonitorNamespaceSelector: all },
    takes: true,
    isInOurs: true,
  },
  ...[choosing('kps', true), choosing('other', false)].map(({ what, ...row }) => ({
    ...row,
    what: `an agent: ${what}`,
    isAgent: true,
  })),
  {
    what: 'an agent: none, from another namespace',
    spec: { serviceMonitorSelector: all },
    takes: false,
    isAgent: true,
  },
  {
    what: 'paused',
    spec: { serviceMonitorSelector: all, serviceMonitorNamespaceSelector: all, paused: true },
    takes: false,
    isOnlySelected: true,
  },
  {
    what: 'refused for another of its selectors',
    spec: {
      serviceMonitorSelector: all,
      serviceMonitorNamespaceSelector: all,
      podMonitorSelector: key('release', 'Like', ['kps']),
    },
    takes: false,
    isOnlySelected: true,
  },
  {
    what: 'targets of other namespaces are ignored',
    spec: {
      serviceMonitorSelector: all,
      serviceMonitorNamespaceSelector: all,
      ignoreNamespaceSelectors: true,
    },
    takes: true,
  },
];
