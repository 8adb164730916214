import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { canonicalForm } from '../canonical-form.ts';
import { readPrompt } from '../reading/read-prompt.ts';
import { findDifference } from './verify.ts';

type Pair = readonly [string, string];

const different: readonly Pair[] = [
  ['Who is the father of the wife of Bob?', 'Who is the wife of the father of Bob?'],
  ['What is love?', 'What is a love song?'],
  ['What is a joke?', 'Tell me a joke.'],
  ['Give me a poem.', 'What is a poem?'],
  ['Write a letter to my boss.', 'Write a letter about my boss.'],
  ['Write a letter to my boss.', 'Write a letter from my boss.'],
  ['Books by Darwin', 'Books about Darwin'],
  ['What gift can I buy for my mom?', 'What gift can I get from my mom?'],
  ['When did World War I end?', 'When did World War 2 end?'],
  ['What is vitamin A?', 'What is a vitamin?'],
  ['What is vitamin A good for?', 'What is vitamin C good for?'],
  ['What does hepatitis A do?', 'What does hepatitis do?'],
  ['Does he need a visa?', 'Does she need a visa?'],
  ['What can you do?', 'What can I do?'],
  ['Who are you?', 'Who am I?'],
  ['Is it going to rain in Oslo?', 'Did it rain in Oslo?'],
  ['Should I eat before bed?', 'Can I eat before bed?'],
  ['How do I pay my brother?', 'How does my brother pay me?'],
  ['Can humans eat dogs?', 'Can dogs eat humans?'],
  ['What is worse, a cold or the flu?', 'What is better, a cold or the flu?'],
  ['how to say hello in german', 'how to say goodbye in german'],
  ['List five fruits.', 'List six fruits.'],
  ['Give me three reasons to exercise.', 'Give me ten reasons to exercise.'],
  ['What is 5 * 3?', 'What is 5 + 3?'],
  ['What is 5-3?', 'What is 5+3?'],
  ['What is 2^10?', 'What is 2*10?'],
  ['Is 7 > 3?', 'Is 7 < 3?'],
  ['x = 3y', 'x = 3/y'],
  ['Summarize chapter 3.', 'Summarize chapters 3 and 4.'],
  ['Explain the first law of thermodynamics.', 'Explain the second law of thermodynamics.'],
  ["What's the fastest land animal?", "What's the slowest land animal?"],
  ['Who is older, Ann or Bob?', 'Who is younger, Ann or Bob?'],
  ['How do I get from Berlin to Prague by train?', 'How do I get from Berlin to Prague by bus?'],
  ['How do I get to Berlin from Prague?', 'How do I get to Prague from Berlin?'],
  ['How do I read a file into a list?', 'How do I write a list into a file?'],
  ['Can a dog eat a cat?', 'Can a cat eat a dog?'],
  ['translate dog to french', 'translate french to dog'],
  ['Why is the sky blue?', 'Why is the sky not blue?'],
  ['Why can I not sleep?', 'Why can I sleep?'],
  ['How do I disable ads in Chrome?', 'How do I disable ads in Firefox?'],
  ['how do i disable ads in chrome', 'how do i disable ads in firefox'],
  ['What is the tallest man?', 'What is the tallest woman?'],
  ['How much does a cat weigh?', 'How much does a cat cost?'],
  ['How much is a cat?', 'How many cats are there?'],
  ['How long is a football match?', 'How long is a football pitch?'],
  ['Who invented the telephone?', 'Who invented the telegraph?'],
  ['When was Einstein born?', 'When did Einstein die?'],
  ['Where was Einstein born?', 'When was Einstein born?'],
  ['Is the Earth round?', 'Is the Earth flat?'],
  ['Are vaccines safe?', 'Are vaccines dangerous?'],
  ['All cats are black, is that true?', 'Some cats are black, is that true?'],
  ['Only adults can vote, why?', 'Adults can vote, why?'],
  ['What happens if I drink before driving?', 'What happens if I drink after driving?'],
  ['How do I tell my boss I quit?', 'How do I tell my boss I will stay?'],
  ['What did Kant say about Hume?', 'What did Hume say about Kant?'],
  ['The cat sat on the mat. Who sat?', 'The mat sat on the cat. Who sat?'],
  ['How do I subtract 7 from 3?', 'How do I subtract 3 from 7?'],
  ['divide 10 by 2', 'divide 2 by 10'],
  ['What is 10 minus 4?', 'What is 4 minus 10?'],
  ['How many days until Christmas?', 'How many days since Christmas?'],
  ["What's cheaper than a Golf?", "What's more expensive than a Golf?"],
  ['Are cats smarter than dogs?', 'Are dogs smarter than cats?'],
  ['How do I grow tomatoes indoors?', 'How do I grow tomatoes outdoors?'],
  ['Who can see my posts?', 'Whose posts can I see?'],
  ['Who do I call?', 'Who calls me?'],
  ['Do lawyers sue doctors?', 'Do doctors sue lawyers?'],
  ['Do I have to pay tax?', 'Do I not have to pay tax?'],
  ['How do I get my money?', 'How do I get your money?'],
  ['Which is the least populated state?', 'Which is the most populated state?'],
  ['How do I make a bomb in Minecraft?', 'How do I make a bomb?'],
  ['How do I merge branch A into branch B?', 'How do I merge branch B into branch A?'],
  ['Copy file x to y', 'Copy file y to x'],
  ['copy a.txt to b.txt', 'copy b.txt to a.txt'],
  ['Rename foo to bar', 'Rename bar to foo'],
  ['Why do cats like fish?', 'Why do fish like cats?'],
  ["The king's son", "The son's king"],
  ['Explain Romeo to Juliet', 'Explain Juliet to Romeo'],
  ['How do I transfer photos from iPhone to PC?', 'How do I transfer photos from PC to iPhone?'],
  ['Replace x with y in vim', 'Replace y with x in vim'],
  ['is a tomato a fruit', 'is a fruit a tomato'],
  ['Is a square a rectangle?', 'Is a rectangle a square?'],
  ['Are all squares rectangles?', 'Are all rectangles squares?'],
  ['What eats spiders?', 'What do spiders eat?'],
  ['Who married Anna?', 'Who did Anna marry?'],
  ['What kills ants?', 'What do ants kill?'],
  ['What pays teachers?', 'How much are teachers paid?'],
  ['Who beat Brazil in 2014?', 'Who did Brazil beat in 2014?'],
  ['what is the cost of risk', 'what is the risk of cost'],
  ['How does stress affect sleep?', 'How does sleep affect stress?'],
  ['What is a house boat?', 'What is a boat house?'],
  ['dog food for cats', 'cat food for dogs'],
  ['Can I take ibuprofen then paracetamol?', 'Can I take paracetamol then ibuprofen?'],
  ['Show users who follow me', 'Show users I follow'],
  ['How do I stop following someone?', 'How do I start following someone?'],
  ['Who does Anna love?', 'Who loves Anna?'],
  ['Is it normal to wake up at 3 am?', 'Is it normal to wake up at 3 pm?'],
  ['I have a cat. What should I feed it?', 'I have a dog. What should I feed it?'],
  ['What should a diabetic eat?', 'What should a diabetic not eat?'],
  ['Which fruits can diabetics eat?', "Which fruits can't diabetics eat?"],
  ['What are the rules of chess?', 'What are the rules of checkers?'],
  ['Say yes.', 'Say no.'],
  ['Answer with yes or no: is 5 prime?', 'Answer with yes or no: is 6 prime?'],
  ['Name one city in Spain.', 'Name two cities in Spain.'],
  ['How old was Mozart when he died?', 'How old was Mozart when he married?'],
  [
    "What's the difference between a crocodile and an alligator?",
    "What's the difference between a crocodile and a caiman?",
  ],
  ['git merge vs git rebase', 'git merge vs git cherry-pick'],
  ['What does "to be" mean?', 'What does "to do" mean?'],
  ['How do I use the verb can?', 'How do I use the verb could?'],
  ['When do I use who and when whom?', 'When do I use what and when which?'],
  ['Should I use do or make?', 'Should I use have or be?'],
  ['What is the plural of this?', 'What is the plural of that?'],
  ['What is the opposite of up?', 'What is the opposite of down?'],
  ['What is the meaning of from?', 'What is the meaning of to?'],
  ['What is the past tense of go?', 'What is the past tense of do?'],
  ['When do you use in and when on?', 'When do you use at and when on?'],
  ["What's the time in Tokyo?", "What's the population of Tokyo?"],
  ['How many legs do 3 cats have?', 'How many legs do 3 spiders have?'],
  ['Convert 5 feet to meters.', 'Convert 5 meters to feet.'],
  ['Convert 5 feet 10 inches to cm.', 'Convert 10 feet 5 inches to cm.'],
  ['Add 2 days to 5 weeks', 'Add 5 days to 2 weeks'],
  ['What is 3.5 as a fraction?', 'What is 3.25 as a fraction?'],
  ['Set a timer for 5 minutes', 'Set a timer for 5 hours'],
  ["What's 100 USD in EUR?", "What's 100 EUR in USD?"],
  ['Is Python 3.9 compatible with numpy 2?', 'Is Python 3.12 compatible with numpy 2?'],
  ['Is caffeine bad for the heart?', 'Is caffeine good for the heart?'],
  ['What are the pros and cons of X?', 'What are the pros of X?'],
  ['Describe a day in the life of a nurse.', 'Describe a night in the life of a nurse.'],
  ['Do dogs dream?', 'Do dogs scream?'],
  ['How do I hide my location?', 'How do I share my location?'],
];

const alike: readonly Pair[] = [
  ['How do I reset my password?', 'how can i reset my password'],
  ['How do I reset my password?', 'Please tell me how to reset my password.'],
  ['How do I reset my password?', 'What is the best way to reset my password?'],
  ['Turn the lights on.', 'Turn on the lights.'],
  ['How do I turn the wifi off?', 'How do I turn off the wifi?'],
  ['Who invented the telephone?', 'By whom was the telephone invented?'],
  ["What's the cost of a visa?", 'What is the price of a visa?'],
  ['How much does a visa cost?', "What's the cost of a visa?"],
  ['Python sort list', 'python, sort list'],
  ['In Python, how do I sort a list?', 'How do I sort a list in Python?'],
  ['Where is Mount Fuji located?', "Where's Mount Fuji?"],
  ['How do I delete a file?', 'How do I remove files?'],
  ['Can I bring my dog?', 'Is it possible to bring my dog?'],
  [
    'What is the difference between a crocodile and an alligator?',
    'How does an alligator differ from a crocodile?',
  ],
  ['How do I buy a car?', 'How to purchase an automobile?'],
  ['I want to cancel my subscription.', 'How do I cancel my subscription?'],
  ['What is the capital city of France?', "What's the capital city of France"],
  ['Explain recursion in programming', 'What is recursion in programming?'],
  ['How do I fix this bug?', 'How can this bug be fixed?'],
  ['Convert 5 km to miles', 'Convert five kilometers to miles'],
  ['What is 20 percent of 50?', 'What is 20% of 50?'],
  ['Who was the second president of the USA?', 'Who was the 2nd president of the United States?'],
  ['When did World War II end?', 'When did World War 2 end?'],
];

function difference([one, other]: Pair): string | undefined {
  return findDifference(readPrompt(one), readPrompt(other), 'strict');
}

describe('questions whose words hardly differ and whose answers do', () => {
  test.each(different)('%s / %s', (one, other) => {
    expect(difference([one, other])).toBeDefined();
    expect(difference([other, one])).toBeDefined();
    const form = canonicalForm(readPrompt(one));
    if (form !== undefined) expect(canonicalForm(readPrompt(other))).not.toBe(form);
  });
});

describe('questions that ask for the same in other small words', () => {
  test.each(alike)('%s / %s', (one, other) => {
    expect(difference([one, other])).toBeUndefined();
    expect(difference([other, one])).toBeUndefined();
  });
});

test.each([
  ['question', 'Why do cats purr?', 'When do cats purr?'],
  ['numbers', 'What is 15% of 80?', 'What is 15% of 90?'],
  ['units', 'How tall is it in meters?', 'How tall is it in feet?'],
  ['negation', 'Why does my phone charge?', "Why doesn't my phone charge?"],
  ['particles', 'What should I eat before a race?', 'What should I eat after a race?'],
  ['owners', 'How do I change my name?', 'How do I change his name?'],
  ['persons', 'Who do I call?', 'Who calls me?'],
  ['tense', 'Who is the king of Spain?', 'Who was the king of Spain?'],
  ['signs', 'What is 5 + 3?', 'What is 5 * 3?'],
  ['opposites', 'How do I lock a row?', 'How do I unlock a row?'],
  ['names', 'How do I get to Austria?', 'How do I get to Australia?'],
  ['words', 'how do i get to austria', 'how do i get to australia'],
  ['order', 'How do I fly from Rome to Oslo?', 'How do I fly from Oslo to Rome?'],
])('a difference in %s is called so', (name, one, other) => {
  expect(difference([one, other])).toBe(name);
});

test('the balanced verifier takes more rewording, and no reversal', () => {
  const balanced = (one: string, other: string): string | undefined =>
    findDifference(readPrompt(one), readPrompt(other), 'balanced');
  expect(
    balanced(
      'What are good things to eat before a marathon?',
      'What should I eat before a marathon?',
    ),
  ).toBeUndefined();
  expect(balanced('How do I enable ads?', 'How do I disable ads?')).toBe('opposites');
  expect(balanced('Can cats eat onions?', 'Can dogs eat onions?')).toBe('words');
});

test('of the set that comes with the project no false pair passes, and two of five true ones do', () => {
  const file = new URL('../../../models/eval/cache.jsonl', import.meta.url);
  const rows = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { a: string; b: string; same: boolean });
  const passed = rows.filter(({ a, b }) => difference([a, b]) === undefined);
  expect(passed.filter(({ same }) => !same)).toEqual([]);
  const all = rows.filter(({ same }) => same).length;
  expect(passed.length / all).toBeGreaterThanOrEqual(0.4);
});
