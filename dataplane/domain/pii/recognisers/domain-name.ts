import { matches, spanOf, type Found, type Recogniser } from './recogniser.ts';

const url = /(?<![\w])https?:\/\/[^\s<>"'()[\]{}]{3,300}/gi;
const endSigns = /[.,;:!?]+$/;
/** The commonest top-level domains: words with a full stop between them are no domains. */
const host =
  /(?<![\w.@/-])(?:[a-z0-9](?:[a-z0-9-]{0,40}[a-z0-9])?\.){1,4}(?:com|org|net|edu|gov|mil|info|biz|io|co|dev|app|eu|uk|de|fr|es|it|nl|be|ch|at|pl|se|no|dk|fi|pt|ru|us|ca|au|nz|jp|cn|in|br|mx|za)(?![\w@-]|\.[a-z0-9])(?:\/[^\s<>"'()[\]{}]{0,200})?/gi;

export const domainName: Recogniser = {
  type: 'DOMAIN_NAME',
  *find(text): Generator<Found> {
    for (const pattern of [url, host]) {
      for (const match of matches(text, pattern)) {
        const { end, start } = spanOf(match, 0);
        const signs = endSigns.exec(match[0])?.[0].length ?? 0;
        yield { start, end: end - signs, score: 0.8 };
      }
    }
  },
};
