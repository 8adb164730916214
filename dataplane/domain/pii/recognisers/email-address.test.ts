import { expect, test } from '@jest/globals';
import { findEmailAddresses } from './email-address.ts';

const found = (text: string): string[] =>
  [...findEmailAddresses(text)].map(({ start, end }) => text.slice(start, end));

test.each([
  [
    'at the end of a sentence',
    'Mail jane.doe+x@mail.example.co.uk.',
    'jane.doe+x@mail.example.co.uk',
  ],
  ['in angle brackets', 'Jane <jane@example.org>', 'jane@example.org'],
  ['in quotes', "'jane@example.org'", 'jane@example.org'],
  ['in a link', 'mailto:jane_doe@example.org?subject=a', 'jane_doe@example.org'],
  ['in a field', 'email=jane@example.org&x=1', 'jane@example.org'],
  ['before an owner', "jane@example.org's", 'jane@example.org'],
  ['with an apostrophe', "maeve.o'hara@example.ie", "maeve.o'hara@example.ie"],
  ['with a name in quotes', '"jane doe"@example.org', '"jane doe"@example.org'],
  ['in other letters', 'an jürgen@bücher.example', 'jürgen@bücher.example'],
  ['in capitals', 'JANE@EXAMPLE.ORG!', 'JANE@EXAMPLE.ORG'],
  ['with an encoded domain', 'a@xn--bcher-kva.example', 'a@xn--bcher-kva.example'],
])('e-mail addresses are found %s', (_, text, address) => {
  expect(found(text)).toEqual([address]);
});

test('several beside each other', () => {
  expect(found('a@b.example,c@d.example;e@f.example')).toHaveLength(3);
});

test.each([
  ['credentials in a URL', 'postgres://admin:secret@db.example.com/x'],
  ['a repository', 'git@github.com:acme/widget.git'],
  ['a package and its version', 'npm i left-pad@1.3.0'],
  ['a picture', 'icon@2x.png'],
  ['an account elsewhere', '@jane@social.example'],
  ['a mention', 'ask @jane about it'],
  ['a host without a domain', 'root@localhost'],
  ['half of one', 'jane@ and @example.org'],
])('no e-mail address is %s', (_, text) => {
  expect(found(text)).toEqual([]);
});
