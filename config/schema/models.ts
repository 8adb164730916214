// Models, the endpoints that serve them, their prices and their reasoning families.
import { z } from 'zod';
import {
  decimalSchema,
  descriptionSchema,
  hostSchema,
  nameSchema,
  pathSchema,
  portSchema,
} from './primitives.ts';

export const reasoningEffortSchema = z
  .enum(['minimal', 'low', 'medium', 'high'])
  .describe('How hard a model is told to reason.');

export const reasoningFamilySchema = z
  .object({
    type: z
      .enum(['chat_template_kwargs', 'reasoning_effort', 'top_level_reasoning_effort'])
      .describe(
        'How reasoning is switched: `chat_template_kwargs` sets the boolean `parameter` there; ' +
          '`reasoning_effort` sets it there to the effort (vLLM); `top_level_reasoning_effort` ' +
          'sets the request field `reasoning_effort` (OpenAI).',
      ),
    parameter: nameSchema.describe('The parameter set, such as `enable_thinking`.'),
  })
  .describe('How one family of models is told to reason.');

export const endpointSchema = z
  .object({
    name: nameSchema.describe('Name that `preferred_endpoints` refers to.'),
    address: hostSchema.describe('IP address or DNS name of the server.'),
    port: portSchema.describe('TCP port of the server.'),
    weight: z
      .number()
      .int()
      .min(1)
      .max(10_000)
      .default(1)
      .describe('Share of the traffic among the endpoints of one model.'),
    tls: z
      .object({
        server_name: hostSchema
          .optional()
          .describe('SNI and the name the certificate must carry; the address when left out.'),
        ca_file: pathSchema
          .optional()
          .describe("PEM file of trusted authorities; the system's when left out."),
      })
      .optional()
      .describe('Present: the endpoint is reached by TLS.'),
    health_check_path: z
      .string()
      .regex(/^\/[!-~]*$/, 'must be a path such as /health')
      .max(1024)
      .optional()
      .describe('HTTP path that answers 200 while the server is healthy; unchecked when left out.'),
  })
  .describe('One server that speaks the OpenAI API.');

const pricingSchema = z
  .object({
    currency: z
      .string()
      .regex(/^[A-Z]{3}$/, 'must be a currency of three capital letters, such as USD')
      .max(3)
      .default('USD')
      .describe('ISO 4217 code.'),
    prompt_per_1m: decimalSchema.optional().describe('Price of one million prompt tokens.'),
    completion_per_1m: decimalSchema.optional().describe('Price of one million completion tokens.'),
    cached_input_per_1m: decimalSchema
      .optional()
      .describe(
        'Price of one million prompt tokens that the backend reports as cached; the prompt price when left out.',
      ),
  })
  .describe('Prices, as decimals. A model without them is unpriced, which is not free.');

export const modelSchema = z
  .object({
    reasoning_family: nameSchema.optional().describe('Key of `reasoning_families`.'),
    preferred_endpoints: z
      .array(nameSchema)
      .max(64)
      .default([])
      .describe('Endpoints that serve this model; every endpoint when empty.'),
    upstream_model: nameSchema
      .optional()
      .describe('The id that the backend knows the model by; the key when left out.'),
    loras: z
      .array(
        z
          .object({
            name: nameSchema.describe('Name that the backend knows the adapter by.'),
            description: descriptionSchema.optional(),
          })
          .describe('A LoRA adapter.'),
      )
      .max(256)
      .default([])
      .describe('LoRA adapters that `lora_name` of a decision may select.'),
    pricing: pricingSchema.optional(),
    description: descriptionSchema.optional(),
  })
  .describe('One model that requests can be routed to.');
