import { expect, it } from 'vitest';
import { postUpdate } from '../../src/flows/updates.ts';
import { ANA, aStory } from '../support/an-incident.ts';
import { ask, refused } from '../support/asking.ts';

it.each([
  ['We are looking into a problem with …\nImpact: half of the payments', /“We are looking into a/],
  ['Impact:\n\nWhat we are doing: waiting', /Not filled in yet: “Impact:”/],
  ['We are on it.\nImpact:', /Not filled in yet: “Impact:”/],
  [`${'x'.repeat(100)}:`, /“x{60}…”/],
])('a status update with an empty place in its template is not posted: %s', (text, words) => {
  expect(refused(aStory(), ANA, postUpdate(text, undefined))).toMatchObject({
    field: 'text',
    message: expect.stringMatching(words),
  });
});

it.each(['Still looking…', 'Impact:\n- no payments\n- no refunds', 'Impact: none', 'at 14:05'])(
  'a status update that is filled in is posted: %s',
  (text) => {
    expect(ask(aStory(), ANA, postUpdate(text, undefined))).toHaveLength(1);
  },
);
