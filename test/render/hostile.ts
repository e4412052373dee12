/** Text that somebody may have put into a name, a tag, a description or a message in order to be obeyed. */
import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.ts';

export const HOSTILE: readonly string[] = [
  '##[add-mask]a',
  '::add-mask::e',
  '  ::set-output name=x::y',
  '::error file=a.ts,line=1::boo',
  '##vso[task.setvariable variable=x]y',
  '@everyone',
  'see @octo-org/admins and #123, GH-1, octo/repo#7',
  '![](http://evil.example/pixel.png)',
  '[click](https://evil.example)',
  'https://evil.example/login',
  'www.evil.example mail@evil.example',
  '<img src=x onerror=alert(1)>',
  '</details></summary><script>alert(1)</script>',
  '<!-- trueup -->',
  '`` ` ```` `',
  '````\n```diff\n+ forged\n```',
  '`',
  ' leading and trailing ',
  '|a|b|\\|c\\\\|d|',
  '\\',
  'one\ntwo\r\nthree\u2028four\u0085five',
  '\u001b[2J\u001b[31mred\u001b]0;title\u0007',
  '\u009b31mC1',
  'user\u202egnp.exe\u2066x\u2069',
  'zero\u200bwidth\u200d\u2060\ufeff',
  'tag\u{e0041}\u{e007f}s',
  '\u3164\u115f\u2800',
  'half \ud800 pair \udc00',
  '~~strike~~ **bold** _em_ # heading\n- list\n1. one',
  '<https://evil.example>',
  '[^1]: note',
  '&lt;b&gt; &#60;',
  '\t\v\f',
  '',
  ' ',
  '%0A::error::x',
  'a,b:c=d',
  'x'.repeat(300),
  '`'.repeat(150),
  '漢字'.repeat(90),
];

/** Pieces that are dangerous when they meet, and anything else there is. */
const pieces = fc.constantFrom(
  ...HOSTILE,
  ...'`|\\<>[]()!@#:&"\'%*_~$ \n'.split(''),
  '##[',
  '::',
  '```',
  '\\|',
  '\u202e',
);

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.array(pieces, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.string({ unit: anyCharacter, maxLength: 60 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);
