// Every condition, and every reason that it may give: a closed set that users and tools rely on.

/** The conditions in the order in which they are shown. */
export const conditionReasons = {
  /** Whether the resource can be acted on at all. */
  Accepted: ['Valid', 'InvalidSpec', 'InvalidConfig', 'ConfigNotFound', 'Suspended'],
  /** Whether every running pod reports the configuration that is wanted. */
  ConfigLoaded: ['Loaded', 'Pending', 'Refused', 'Unreachable', 'NoPods'],
  /**
   * Whether the models run that the configuration's signals are computed with; without them words
   * and rules alone tell.
   */
  ModelsLoaded: [
    'Loaded',
    'NotNeeded',
    'LexicalTier',
    'Failed',
    'Pending',
    'NotReported',
    'NoPods',
  ],
  /** Whether enough pods are there, with what is wanted of them. */
  WorkloadAvailable: ['Available', 'Progressing', 'Unavailable', 'ScaledToZero', 'ApplyFailed'],
  /** Whether callers are told apart as asked. */
  AuthReady: [
    'NotRequested',
    'Linked',
    'Pending',
    'ApiNotServed',
    'HostsNotLinked',
    'InvalidAuthConfig',
    'ApplyFailed',
  ],
  /** Whether a Prometheus will scrape; never says more than the step that was reached. */
  MonitoringReady: [
    'NotRequested',
    'ApiNotServed',
    'NoPrometheus',
    'NotSelected',
    'Selected',
    'AcceptedByPrometheus',
    'RejectedByPrometheus',
    'Unknown',
    'ApplyFailed',
  ],
  /** Whether requests find the router. */
  GatewayReady: ['Sidecar', 'ApplyFailed'],
  /** Whether all that was asked for is there. */
  Ready: [
    'Ready',
    'Progressing',
    'Suspended',
    'InvalidSpec',
    'InvalidConfig',
    'ConfigNotFound',
    'ConfigNotLoaded',
    'WorkloadNotAvailable',
    'AuthNotReady',
    'MonitoringNotReady',
    'GatewayNotReady',
    'ApplyFailed',
  ],
  /** For tools that read kstatus: the operator has something to do, or to wait for. */
  Reconciling: ['Progressing', 'Done', 'Suspended', 'Stalled'],
  /** For tools that read kstatus: only the user can mend it. */
  Stalled: ['NotStalled', 'InvalidSpec', 'InvalidConfig', 'ConfigNotFound', 'ApplyFailed'],
} as const satisfies Record<string, readonly string[]>;

export type ConditionType = keyof typeof conditionReasons;
export type ReasonOf<Type extends ConditionType> = (typeof conditionReasons)[Type][number];

/** What is to be said; generation and time are added when the status is written. */
export type Verdict = {
  [Type in ConditionType]: {
    readonly type: Type;
    readonly status: 'True' | 'False' | 'Unknown';
    readonly reason: ReasonOf<Type>;
    readonly message: string;
  };
}[ConditionType];
