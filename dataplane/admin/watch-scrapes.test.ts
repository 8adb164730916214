import { expect, test } from '@jest/globals';
import { watchScrapes } from './watch-scrapes.ts';

const page = {
  render: async function* () {
    await Promise.resolve();
    yield 'page';
  },
};

async function scrape(watched: ReturnType<typeof watchScrapes>): Promise<string> {
  let text = '';
  for await (const part of watched.render('text')) text += part;
  return text;
}

test('the page comes through', async () => {
  expect(await scrape(watchScrapes(page))).toBe('page');
});

test('where nobody has scraped, nobody is waited for', async () => {
  await watchScrapes(page).lastScrape(3_600_000);
});

test('the next scrape is waited for, and an earlier one does not count', async () => {
  const watched = watchScrapes(page);
  await scrape(watched);
  let over = false;
  const last = watched.lastScrape(3_600_000).then(() => {
    over = true;
  });
  await new Promise(setImmediate);
  expect(over).toBe(false);
  await scrape(watched);
  await last;
});

test('a scrape that does not come is not waited for longer than asked', async () => {
  const watched = watchScrapes(page);
  await scrape(watched);
  await watched.lastScrape(1);
});
