// What concerns this router as a program: limits, streams, its ext_proc port, its ledger.
import { z } from 'zod';
import { pathSchema } from './primitives.ts';

const extProcTlsSchema = z
  .object({
    cert_file: pathSchema.describe('PEM certificate of the ext_proc server.'),
    key_file: pathSchema.describe('PEM key of the certificate.'),
    client_ca_file: pathSchema
      .optional()
      .describe('PEM authorities; when set, Envoy must present a certificate they signed (mTLS).'),
  })
  .describe('TLS of the ext_proc port; plaintext when left out. Read at start.');

export const routerSchema = z
  .object({
    max_request_body_bytes: z
      .number()
      .int()
      .min(1024)
      .max(1_073_741_824)
      .default(52_428_800)
      .describe('Largest request body; a longer one is answered with 413.'),
    message_timeout_seconds: z
      .number()
      .min(0.1)
      .max(300)
      .default(5)
      .describe('How long Envoy waits for each answer of the router.'),
    upstream_timeout_seconds: z
      .number()
      .min(0)
      .max(86_400)
      .default(0)
      .describe('Longest time a backend may take for a whole answer; 0: no limit.'),
    shutdown_grace_seconds: z
      .number()
      .min(0)
      .max(3600)
      .default(30)
      .describe('How long running streams may go on after SIGTERM.'),
    hide_forced_usage: z
      .boolean()
      .default(false)
      .describe('Whether the usage chunk that a client did not ask for is kept from it.'),
    blocked_answer: z
      .enum(['content_filter', 'forbidden'])
      .default('content_filter')
      .describe(
        'What the client of a blocked request gets: an answer of status 200 whose finish reason is ' +
          '`content_filter`, or an error of status 403.',
      ),
    ext_proc_tls: extProcTlsSchema.optional(),
  })
  .describe('Limits and habits of the router.');

export const usageLedgerSchema = z
  .object({
    directory: pathSchema
      .optional()
      .describe('Folder of the ledger files; in memory only when left out. Read at start.'),
    durability: z
      .enum(['sync', 'interval', 'memory'])
      .default('interval')
      .describe('When a record is on disk: before its counters move, within a second, or never.'),
    max_bytes: z
      .number()
      .int()
      .min(1_048_576)
      .max(1_099_511_627_776)
      .default(1_073_741_824)
      .describe('Size of all ledger files together; the oldest are removed beyond it.'),
  })
  .describe('The append-only list of usage records, the truth behind the counters.');
