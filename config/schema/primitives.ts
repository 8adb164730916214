// Building blocks shared by the sections of the schema.
import { z } from 'zod';

/** A name that other parts of the file refer to, and that becomes a label, header value or cluster. */
export const nameSchema = z.string().min(1).max(128);

/**
 * A non-negative decimal, kept as its text ("0.15") so that money stays exact. YAML numbers are
 * accepted where their shortest decimal form has no exponent.
 */
export const decimalSchema = z
  .union([z.string(), z.number()])
  .transform((value) => String(value).trim())
  .refine((text) => /^\d{1,12}(\.\d{1,12})?$/.test(text), {
    message: 'must be a non-negative decimal such as 0.15, with at most 12 digits on each side',
  });

/** A share or similarity between 0 and 1, both included. */
export const thresholdSchema = z.number().min(0).max(1);

export const portSchema = z.number().int().min(1).max(65535);
