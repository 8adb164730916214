// What files of semantic-router say about its API server and its tracing.
import { z } from 'zod';
import { mapOf } from './primitives.ts';

const countSchema = z.number().int().min(0).max(1_000_000);
const bucketsSchema = z.array(z.number().min(0)).max(100);

export const apiSchema = z
  .object({
    batch_classification: z
      .object({
        max_batch_size: countSchema.default(100).describe('Most texts of one call.'),
        concurrency_threshold: countSchema.optional().describe('Without effect here.'),
        max_concurrency: countSchema.optional().describe('Without effect here.'),
        metrics: z
          .object({
            enabled: z.boolean().optional().describe('Without effect here.'),
            detailed_goroutine_tracking: z.boolean().optional().describe('Without effect here.'),
            high_resolution_timing: z.boolean().optional().describe('Without effect here.'),
            sample_rate: z.number().min(0).max(1).optional().describe('Without effect here.'),
            duration_buckets: bucketsSchema.optional().describe('Without effect here.'),
            size_buckets: bucketsSchema.optional().describe('Without effect here.'),
          })
          .optional()
          .describe('Metrics of the calls; without effect here.'),
      })
      .optional()
      .describe('Classification of many texts in one call.'),
  })
  .describe('The classification API.');

export const observabilitySchema = z
  .object({
    metrics: z
      .object({
        enabled: z.boolean().optional().describe('Without effect: metrics are always served.'),
      })
      .optional()
      .describe('Metrics.'),
    tracing: z
      .object({
        enabled: z.boolean().default(false).describe('Whether spans are exported.'),
        provider: z.string().max(64).optional().describe('Such as `opentelemetry`.'),
        exporter: z
          .object({
            type: z.string().max(64).optional().describe('Such as `otlp` or `stdout`.'),
            endpoint: z.string().max(1024).optional().describe('Address of the collector.'),
            insecure: z.boolean().optional().describe('Whether it is reached without TLS.'),
          })
          .optional()
          .describe('Where spans go.'),
        sampling: z
          .object({
            type: z.string().max(64).optional().describe('Such as `always_on`.'),
            rate: z.number().min(0).max(1).optional().describe('Share of requests traced.'),
          })
          .optional()
          .describe('Which requests are traced.'),
        resource: mapOf(z.string().min(1).max(128), z.string().max(1024), 64)
          .optional()
          .describe('Attributes of every span, such as `service_name`.'),
      })
      .optional()
      .describe('Tracing.'),
  })
  .describe('What the router tells about itself beside its metrics.');
