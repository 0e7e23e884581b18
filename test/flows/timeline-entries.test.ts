import { expect, it } from 'vitest';
import { addNote, NOTE_LIMIT } from '../../src/flows/add-note.ts';
import { recordExport } from '../../src/flows/record-export.ts';
import { ANA, aStory } from '../support/an-incident.ts';
import { ask, closeStory, refused } from '../support/asking.ts';

it('puts a note into the timeline, trimmed and otherwise as it was typed', () => {
  expect(ask(aStory(), ANA, addNote(' <!channel> seen '))).toEqual([
    { type: 'note.added', data: { text: '<!channel> seen' } },
  ]);
});

it.each([' \n', 'x'.repeat(NOTE_LIMIT + 1)])('refuses an empty or endless note (%#)', (text) => {
  expect(refused(aStory(), ANA, addNote(text)).code).toBe('invalid-input');
});

it('refuses a note, but not an export, when the incident is over', () => {
  const over = closeStory(aStory());

  expect(refused(over, ANA, addNote('x')).code).toBe('closed');
  expect(ask(over, ANA, recordExport(['INC-0001.md']))).toEqual([
    { type: 'postmortem.exported', data: { files: ['INC-0001.md'] } },
  ]);
});
