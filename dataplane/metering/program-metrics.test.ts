import { expect, test } from '@jest/globals';
import { createMemoryLedger } from '../adapters/ledger/memory-ledger.ts';
import { usageRecord } from '../../test/kit/usage-records.ts';
import { addConfigMetrics, addLedgerMetrics, addLogMetrics } from './program-metrics.ts';
import { MetricsRegistry } from './prometheus/registry.ts';

const samples = async (registry: MetricsRegistry): Promise<string[]> =>
  (await registry.page()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('one configuration is in force, whatever was read before it', async () => {
  const registry = new MetricsRegistry();
  const metrics = addConfigMetrics(registry);
  expect(await samples(registry)).toEqual([
    'config_reload_total{result="success"} 0',
    'config_reload_total{result="failure"} 0',
  ]);
  metrics.loaded({ hash: 'aaa', atMs: 1_000 });
  metrics.refused();
  metrics.loaded({ hash: 'bbb', atMs: 2_500 });
  expect(await samples(registry)).toEqual([
    'config_reload_total{result="success"} 2',
    'config_reload_total{result="failure"} 1',
    'config_last_reload_success_timestamp_seconds 2.5',
    'config_info{hash="bbb"} 1',
  ]);
});

test('the ledger and the log are shown as they are now', async () => {
  const registry = new MetricsRegistry();
  const ledger = createMemoryLedger();
  let dropped = 0;
  addLedgerMetrics(registry, () => ledger.stats());
  addLogMetrics(registry, () => dropped);
  ledger.append(usageRecord());
  dropped = 7;
  expect(await samples(registry)).toEqual([
    'usage_ledger_records_total 1',
    'usage_ledger_dropped_records_total 0',
    'usage_ledger_write_errors_total 0',
    'usage_ledger_removed_bytes_total 0',
    'usage_ledger_pending_records 0',
    'usage_ledger_size_bytes 0',
    'usage_ledger_degraded 0',
    'log_lines_dropped_total 7',
  ]);
});
