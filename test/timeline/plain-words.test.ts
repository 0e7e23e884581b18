import { expect, it } from 'vitest';
import { plainText } from '../../src/timeline/plain-words.ts';
import { names } from '../support/an-incident.ts';

it.each([
  ['<@U0ANA> asks <@U0GONE|zoe> and <@U0GONE>', 'Ana Ruiz asks zoe and U0GONE'],
  ['in <#C012|payments> and <#C012>', 'in #payments and #C012'],
  ['<!channel> <!here> <!subteam^S01|@oncall>', '@channel @here @oncall'],
  [
    '<https://a.test/x|the page>, <https://a.test/y>',
    'the page (https://a.test/x), https://a.test/y',
  ],
  ['<mailto:a@b.test|a@b.test>', 'a@b.test'],
  ['<!date^1700000000^{time}|14:02 UTC>', '14:02 UTC'],
  ['a &lt;b&gt; &amp;amp; c', 'a <b> &amp; c'],
  ['if a < b and c > d: <script>', 'if a < b and c > d: <script>'],
  ['one\r\ntwo\u0000\u202e\u001b[31m', 'one\ntwo[31m'],
])('says %j in plain words', (recorded, plain) => {
  expect(plainText(recorded, names)).toBe(plain);
});
