// What the classification API tells of itself, without a body: whether it answers, which models there
// are, what is configured, and its OpenAPI document.
import type { z } from 'zod';
import { classifierAnswerSchema, healthAnswerSchema, modelsAnswerSchema } from './answer-shapes.ts';

export interface PageSources {
  /** How the models of signals are. */
  readonly models: () => z.output<typeof modelsAnswerSchema>['models'];
  /** What the configuration in force says of classification; nothing secret. */
  readonly classification: () => object;
}

export interface ApiPage {
  readonly summary: string;
  readonly answers: z.ZodType;
  readonly answer: (sources: PageSources) => object;
}

export const apiPages: Readonly<Record<string, ApiPage>> = {
  '/health': {
    summary: 'Whether the API answers.',
    answers: healthAnswerSchema,
    answer: () => ({ status: 'healthy', service: 'classification-api' }),
  },
  '/info/models': {
    summary: 'The models for signals.',
    answers: modelsAnswerSchema,
    answer: ({ models }) => ({ models: models() }),
  },
  '/info/classifier': {
    summary: 'What is configured.',
    answers: classifierAnswerSchema,
    answer: ({ classification }) => ({ status: 'config_loaded', config: classification() }),
  },
};
