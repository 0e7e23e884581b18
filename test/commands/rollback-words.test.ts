import { describe, expect, it } from 'vitest';
import { readRollbackWords, wishOf } from '../../src/commands/rollback-words.ts';

const SHA = 'a1'.repeat(20);

function wishIn(text: string) {
  const asked = readRollbackWords(text);
  return wishOf(asked, asked.words[2]);
}

describe('the words after /rollback', () => {
  it.each([
    ['checkout production', { kind: 'rollback' }],
    ['checkout production 2.3.1', { kind: 'rollback', target: '2.3.1' }],
    [
      'checkout production with content,new-checkout=off',
      {
        kind: 'rollback',
        restore: [{ component: 'content' }, { component: 'new-checkout', point: 'off' }],
      },
    ],
    [
      'checkout production flag new-checkout OFF',
      { kind: 'mitigation', switches: [{ name: 'new-checkout', to: 'off' }] },
    ],
    [
      'checkout production do scale web,worker +2',
      {
        kind: 'mitigation',
        mitigate: { name: 'scale', components: ['web', 'worker'], value: '+2' },
      },
    ],
    [
      `reset ${SHA} because a key was committed`,
      {
        kind: 'rollback',
        reset: { commit: SHA, reason: 'a key was committed' },
      },
    ],
    [
      'checkout production 2.3.1 code only keep schema because M3 adds an index',
      {
        kind: 'rollback',
        target: '2.3.1',
        codeOnly: true,
        keepSchema: { reason: 'M3 adds an index' },
      },
    ],
    [
      'checkout production with content Keep Schema because M3 adds an index',
      {
        kind: 'rollback',
        restore: [{ component: 'content' }],
        keepSchema: { reason: 'M3 adds an index' },
      },
    ],
    [
      `reset ${SHA} because we keep schema and code apart`,
      { kind: 'rollback', reset: { commit: SHA, reason: 'we keep schema and code apart' } },
    ],
  ])('%s', (text, wish) => {
    expect(wishIn(text)).toEqual(wish);
  });

  it.each([
    [`reset ${SHA}`, 'and why'],
    [`reset ${SHA} because`, 'and why'],
    ['reset main because it is broken', 'is not a full commit id'],
    ['checkout production keep schema', 'Say why the older code runs'],
    ['checkout production keep schema because', 'Say why the older code runs'],
    ['checkout production keep schema M3 is harmless', 'Say why the older code runs'],
    ['flag a off now', '`now` is one word too many.'],
  ])('%s is refused', (text, words) => {
    expect(() => readRollbackWords(text)).toThrow(words);
  });
});
