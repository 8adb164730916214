import { describe, expect, test } from '@jest/globals';
import type { Verdict } from '../reasons.ts';
import { summarise, type PartVerdicts, type SummaryInputs } from './summary.ts';

const fine: PartVerdicts = {
  Accepted: { type: 'Accepted', status: 'True', reason: 'Valid', message: 'valid' },
  ConfigLoaded: { type: 'ConfigLoaded', status: 'True', reason: 'Loaded', message: 'loaded' },
  ModelsLoaded: { type: 'ModelsLoaded', status: 'True', reason: 'NotNeeded', message: 'none' },
  WorkloadAvailable: {
    type: 'WorkloadAvailable',
    status: 'True',
    reason: 'Available',
    message: 'available',
  },
  AuthReady: { type: 'AuthReady', status: 'True', reason: 'NotRequested', message: 'none' },
  MonitoringReady: {
    type: 'MonitoringReady',
    status: 'False',
    reason: 'ApiNotServed',
    message: 'no API',
  },
  GatewayReady: { type: 'GatewayReady', status: 'True', reason: 'Sidecar', message: 'sidecar' },
};

/** `Ready=False/Progressing Reconciling=True/Progressing Stalled=False/NotStalled`. */
function summary(parts: Partial<PartVerdicts> = {}, rest: Partial<SummaryInputs> = {}): string {
  const verdicts = summarise({
    parts: { ...fine, ...parts },
    needsMonitoring: false,
    applyFailure: undefined,
    ...rest,
  });
  const show = (type: Verdict['type']): string => {
    const found = verdicts.find((verdict) => verdict.type === type);
    return `${type}=${found?.status ?? '?'}/${found?.reason ?? '?'}`;
  };
  return [show('Ready'), show('Reconciling'), show('Stalled')].join(' ');
}

test('Ready when every part is, even without a Prometheus that is only welcome', () => {
  expect(summary()).toBe('Ready=True/Ready Reconciling=False/Done Stalled=False/NotStalled');
});

test('a refused configuration needs the user, and is what all three tell', () => {
  const Accepted = { ...fine.Accepted, status: 'False', reason: 'InvalidConfig' } as const;
  expect(summary({ Accepted })).toBe(
    'Ready=False/InvalidConfig Reconciling=False/Stalled Stalled=True/InvalidConfig',
  );
});

test('a suspended resource is neither ready nor stalled', () => {
  const Accepted = { ...fine.Accepted, reason: 'Suspended' } as const;
  expect(summary({ Accepted })).toBe(
    'Ready=Unknown/Suspended Reconciling=False/Suspended Stalled=False/NotStalled',
  );
});

describe('while something is on its way, tools are told to wait', () => {
  test.each<[string, Partial<PartVerdicts>]>([
    [
      'pods of an update',
      { WorkloadAvailable: { ...fine.WorkloadAvailable, reason: 'Progressing' } },
    ],
    [
      'a configuration that pods have still to take',
      { ConfigLoaded: { ...fine.ConfigLoaded, status: 'False', reason: 'Pending' } },
    ],
    ['an AuthConfig', { AuthReady: { ...fine.AuthReady, status: 'False', reason: 'Pending' } }],
  ])('%s', (_, parts) => {
    expect(summary(parts)).toBe(
      'Ready=False/Progressing Reconciling=True/Progressing Stalled=False/NotStalled',
    );
  });
});

describe('what the operator cannot mend is told and not waited for', () => {
  test.each<[string, Partial<PartVerdicts>, Partial<SummaryInputs>]>([
    [
      'WorkloadNotAvailable',
      { WorkloadAvailable: { ...fine.WorkloadAvailable, status: 'False', reason: 'Unavailable' } },
      {},
    ],
    [
      'ConfigNotLoaded',
      { ConfigLoaded: { ...fine.ConfigLoaded, status: 'Unknown', reason: 'Unreachable' } },
      {},
    ],
    [
      'AuthNotReady',
      { AuthReady: { ...fine.AuthReady, status: 'False', reason: 'ApiNotServed' } },
      {},
    ],
    ['MonitoringNotReady', {}, { needsMonitoring: true }],
  ])('%s', (reason, parts, rest) => {
    expect(summary(parts, rest)).toMatch(new RegExp(`^Ready=False/${reason} Reconciling=False`));
  });
});

test('a failed write is tried again unless only a user can mend it', () => {
  const failure = { message: 'no', isFinal: false };
  expect(summary({}, { applyFailure: failure })).toBe(
    'Ready=False/ApplyFailed Reconciling=True/Progressing Stalled=False/NotStalled',
  );
  expect(summary({}, { applyFailure: { ...failure, isFinal: true } })).toBe(
    'Ready=False/ApplyFailed Reconciling=False/Stalled Stalled=True/ApplyFailed',
  );
});

test('no pods are no reason not to be ready where none are wanted', () => {
  expect(
    summary({
      WorkloadAvailable: { ...fine.WorkloadAvailable, reason: 'ScaledToZero' },
      ConfigLoaded: { ...fine.ConfigLoaded, status: 'Unknown', reason: 'NoPods' },
    }),
  ).toMatch(/^Ready=True/);
});
