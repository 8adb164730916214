// Trains the jailbreak head: on the program's own texts, and on a set of attacks and harmless prompts,
// without which it knows too little of how people play roles.
import { z } from 'zod';
import { trainJailbreak as train } from '../domain/jailbreak/cross-validate.ts';
import { openJailbreakDetector } from '../domain/jailbreak/detector.ts';
import { writeJailbreakHead } from '../domain/jailbreak/head-file.ts';
import type { JailbreakHead } from '../domain/jailbreak/head.ts';
import type { ScoredText } from '../domain/jailbreak/rates.ts';
import { textsToEmbed, type JailbreakExample } from '../domain/jailbreak/train.ts';
import { jailbreakLine } from '../eval/read-set.ts';
import { evasions } from './evasions.ts';
import { jailbreakCard } from './jailbreak-card.ts';
import { readOwnSet, readOwnTexts } from './own-texts.ts';
import { attackLine, readAttacks } from './read-attacks.ts';
import type { Training } from './training.ts';

const promptLine = z.object({ text: z.string(), register: z.string() });

/** Ordinary questions are many and easy: each counts less than a text written to be hard. */
const questionWeight = 0.5;
const ownWeight = 1.5;
const givenSet = 'the given set';

export const trainJailbreak: Training = async ({ embedAll, encoder, ownSet, say }) => {
  const given = ownSet === '' ? [] : readAttacks(ownSet);
  const examples = [
    ...given.map((line) => ({ ...line, set: givenSet })),
    ...(await readOwn()),
    ...(await readQuestions()),
  ];
  const vectors = await embedAll(textsToEmbed(examples));
  const dimensions = vectors.values().next().value?.length ?? 0;
  say(`learning from ${examples.length} texts, each judged by a head that has not seen it`);
  const { head, scored } = train({ examples, vectors, encoder, dimensions });
  const bytes = writeJailbreakHead(head);
  const unseen = await judge(head, await readUnseen(), embedAll);
  return {
    fileName: 'jailbreak.head',
    head: bytes,
    card: jailbreakCard({ bytes, encoder, scored, unseen, hasGiven: given.length > 0 }),
  };
};

async function readOwn(): Promise<JailbreakExample[]> {
  const texts = await readOwnTexts('corpus/jailbreak', attackLine);
  return texts.map(({ file, line }) => ({ ...line, weight: ownWeight, set: file }));
}

async function readQuestions(): Promise<JailbreakExample[]> {
  const texts = await readOwnTexts('corpus/category', promptLine);
  return texts.flatMap(({ line: { register, text } }) =>
    register === 'terms' ? [] : [{ text, label: false, weight: questionWeight, set: 'questions' }],
  );
}

type UnseenText = Pick<ScoredText, 'set' | 'isAttack'> & { readonly text: string };

/** The set that nothing is learned from, and its attacks as somebody would hide them. */
async function readUnseen(): Promise<UnseenText[]> {
  const lines = await readOwnSet('eval/jailbreak.jsonl', jailbreakLine);
  const plain = lines.map(({ label, text }) => ({ set: 'own set', isAttack: label, text }));
  const attacks = plain.filter(({ isAttack }) => isAttack);
  const evaded = Object.entries(evasions).flatMap(([name, evade]) =>
    attacks.map(({ isAttack, text }) => ({
      ...{ set: `own set in ${name}`, isAttack, text: evade(text) },
    })),
  );
  return [...plain, ...evaded];
}

/** As the router judges: what the words find suspicious is embedded, and nothing else. */
async function judge(
  head: JailbreakHead,
  texts: readonly UnseenText[],
  embedAll: Parameters<Training>[0]['embedAll'],
): Promise<ScoredText[]> {
  const detector = openJailbreakDetector(head);
  const examined = texts.map(({ text, ...one }) => ({
    ...one,
    examination: detector.examine([{ text, source: 'user' }]),
  }));
  const vectors = await embedAll(examined.flatMap(({ examination }) => examination.toEmbed));
  return examined.map(({ examination, ...one }) => {
    const own = examination.toEmbed.map((text) => vectors.get(text));
    return {
      ...one,
      blend: detector.score(examination, own).score,
      lexical: detector.score(examination, []).score,
    };
  });
}
