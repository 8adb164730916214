// What all parts come to: Ready for people, Reconciling and Stalled for tools that read kstatus. A
// router without its models works, less well, so ModelsLoaded keeps nothing from being Ready. Pure.
import type { ConditionType, Verdict } from '../reasons.ts';

type Of<Type extends ConditionType> = Verdict & { readonly type: Type };

/** One verdict for each part. */
export interface PartVerdicts {
  readonly Accepted: Of<'Accepted'>;
  readonly ConfigLoaded: Of<'ConfigLoaded'>;
  readonly ModelsLoaded: Of<'ModelsLoaded'>;
  readonly WorkloadAvailable: Of<'WorkloadAvailable'>;
  readonly AuthReady: Of<'AuthReady'>;
  readonly MonitoringReady: Of<'MonitoringReady'>;
  readonly GatewayReady: Of<'GatewayReady'>;
}

export interface SummaryInputs {
  readonly parts: PartVerdicts;
  /** Whether a ServiceMonitor is asked for, and not only welcome. */
  readonly needsMonitoring: boolean;
  /** An object that could not be applied, in a sentence; undefined: all were. */
  readonly applyFailure: { readonly message: string; readonly isFinal: boolean } | undefined;
}

/** All conditions, in the order in which they are shown. */
export function summarise({ parts, needsMonitoring, applyFailure }: SummaryInputs): Verdict[] {
  const ready = judgeReady({ parts, needsMonitoring, applyFailure });
  const stalled = judgeStalled(parts.Accepted, applyFailure);
  const isSuspended = parts.Accepted.reason === 'Suspended';
  return [
    parts.Accepted,
    parts.ConfigLoaded,
    parts.ModelsLoaded,
    parts.WorkloadAvailable,
    parts.AuthReady,
    parts.MonitoringReady,
    parts.GatewayReady,
    ready,
    judgeReconciling({ isSuspended, stalled, ready }),
    stalled,
  ];
}

/** The first that is not as it should be, in the order in which a user would mend them. */
function judgeReady({ parts, needsMonitoring, applyFailure }: SummaryInputs): Of<'Ready'> {
  const { Accepted, AuthReady, ConfigLoaded, GatewayReady, MonitoringReady, WorkloadAvailable } =
    parts;
  if (Accepted.reason === 'Suspended') return ready('Unknown', 'Suspended', Accepted.message);
  if (Accepted.reason !== 'Valid') return ready('False', Accepted.reason, Accepted.message);
  if (applyFailure !== undefined) return ready('False', 'ApplyFailed', applyFailure.message);
  const { reason, status, message } = WorkloadAvailable;
  if (reason === 'Progressing') return ready('False', 'Progressing', message);
  if (status !== 'True' || reason === 'Unavailable') {
    return ready('False', 'WorkloadNotAvailable', message);
  }
  if (reason !== 'ScaledToZero' && ConfigLoaded.status !== 'True') {
    const isPending = ConfigLoaded.reason === 'Pending';
    return ready('False', isPending ? 'Progressing' : 'ConfigNotLoaded', ConfigLoaded.message);
  }
  if (AuthReady.status !== 'True') {
    const isPending = AuthReady.reason === 'Pending';
    return ready('False', isPending ? 'Progressing' : 'AuthNotReady', AuthReady.message);
  }
  if (needsMonitoring && MonitoringReady.status !== 'True') {
    return ready('False', 'MonitoringNotReady', MonitoringReady.message);
  }
  if (GatewayReady.status !== 'True')
    return ready('False', 'GatewayNotReady', GatewayReady.message);
  return ready('True', 'Ready', 'All that was asked for is there.');
}

function judgeStalled(
  { reason, message }: Of<'Accepted'>,
  applyFailure: SummaryInputs['applyFailure'],
): Of<'Stalled'> {
  if (reason !== 'Valid' && reason !== 'Suspended') {
    return { type: 'Stalled', status: 'True', reason, message };
  }
  if (applyFailure?.isFinal === true) {
    return {
      type: 'Stalled',
      status: 'True',
      reason: 'ApplyFailed',
      message: applyFailure.message,
    };
  }
  const fine = 'Nothing needs mending by a user.';
  return { type: 'Stalled', status: 'False', reason: 'NotStalled', message: fine };
}

function judgeReconciling(inputs: {
  readonly isSuspended: boolean;
  readonly stalled: Of<'Stalled'>;
  readonly ready: Of<'Ready'>;
}): Of<'Reconciling'> {
  const { isSuspended, stalled, ready: is } = inputs;
  if (isSuspended) return reconciling('False', 'Suspended', 'spec.suspend is true.');
  if (stalled.status === 'True') return reconciling('False', 'Stalled', stalled.message);
  if (is.reason === 'Progressing' || is.reason === 'ApplyFailed') {
    return reconciling('True', 'Progressing', is.message);
  }
  return reconciling('False', 'Done', 'The operator has nothing to do and waits for nothing.');
}

function ready(
  status: Verdict['status'],
  reason: Of<'Ready'>['reason'],
  message: string,
): Of<'Ready'> {
  return { type: 'Ready', status, reason, message };
}

function reconciling(
  status: 'True' | 'False',
  reason: Of<'Reconciling'>['reason'],
  message: string,
): Of<'Reconciling'> {
  return { type: 'Reconciling', status, reason, message };
}
