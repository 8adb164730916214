// Trains the jailbreak head: on the program's own texts, and on a set of attacks and harmless prompts,
// without which it knows too little of how people play roles.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { trainJailbreak as train } from '../domain/jailbreak/cross-validate.ts';
import type { MeasuredRates } from '../domain/jailbreak/cross-validate.ts';
import { examineTexts } from '../domain/jailbreak/examine.ts';
import { writeJailbreakHead } from '../domain/jailbreak/head-file.ts';
import { openHead } from '../domain/jailbreak/head.ts';
import { trainingWindows, type JailbreakExample } from '../domain/jailbreak/train.ts';
import { jailbreakLine, readSet } from '../eval/read-set.ts';
import { readOwnTexts } from './own-texts.ts';
import { percent, type Training } from './training.ts';

const corpusLine = z.object({
  text: z.string(),
  label: z.boolean(),
  source: z.enum(['user', 'tool']).optional(),
});
