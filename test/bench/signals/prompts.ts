// Prompts for what signals cost: each differs from all others in what it asks, so that neither a
// cache nor anything else that remembers can save the work.

const subjects = [
  'the ferry timetable', 'a rain barrel', 'our tenancy agreement', 'the company newsletter',
  'a sourdough starter', 'the school garden', 'an old bicycle', 'the quarterly figures',
  'a wood stove', 'the neighbourhood choir', 'a second-hand piano', 'the warehouse inventory',
  'a home aquarium', 'the annual town fair', 'a rooftop greenhouse', 'the office printer',
  'a weekend in the mountains', 'the football club', 'a field recording', 'the public library',
]; // prettier-ignore
const wishes = [
  'compare what it costs with what it brings', 'write down the steps in their order',
  'list what is often forgotten', 'explain how the parts work together',
  'say which mistakes beginners make', 'suggest a schedule for three people',
  'describe what changed over the years', 'find three arguments for and against it',
  'tell what a careful person would check first', 'draft a short note for everybody involved',
]; // prettier-ignore
const circumstances = [
  'while the budget stays as it is', 'before the first frost arrives',
  'without any help from outside', 'although half of the group is away',
  'because the old way took far too long', 'so that a newcomer could follow along',
  'in a way that fits on a single page', 'after the storm damaged most of it',
  'with nothing but tools found in a kitchen', 'for people who never did this before',
]; // prettier-ignore
const people = ['Maria Lindqvist', 'Tobias Brandt', 'Aisha Rahman', 'Pedro Alvarez'];

/** How many prompts differ: each combination, once. */
export const differentPrompts = subjects.length * wishes.length * circumstances.length;

const every = (list: readonly string[], index: number): string => list[index % list.length] ?? '';

/**
 * About 64 tokens for an English WordPiece tokenizer. One in four names a person and an e-mail
 * address, so that there is something to mask.
 */
export function shortPrompt(number: number): string {
  const subject = every(subjects, number);
  const wish = every(wishes, Math.floor(number / subjects.length));
  const circumstance = every(
    circumstances,
    Math.floor(number / (subjects.length * wishes.length)) + number,
  );
  const person = every(people, number);
  const end =
    number % 4 === 3
      ? `Send it to ${person} at ${person.split(' ')[0]?.toLowerCase()}${number}@example.com when it is done.`
      : 'Keep the tone friendly, name the sources where there are any, and stay brief.';
  return (
    `We are thinking about ${subject} again, and I would like you to ${wish}, ${circumstance}. ` +
    `Number ${number} on our list is the same question from another side. ${end}`
  );
}

/** Some 1,000 tokens: several windows for each model. */
export function longPrompt(number: number): string {
  return Array.from({ length: 18 }, (_, part) => shortPrompt(number * 18 + part)).join('\n\n');
}

/** A chat request with this prompt as its only turn. */
export function promptBody(model: string, prompt: string): string {
  return JSON.stringify({ model, messages: [{ role: 'user', content: prompt }], temperature: 0.7 });
}
