import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import { type Json, type Operation, recoverByLooking } from '../../operation.ts';
import { pass } from '../checks.ts';
import type { Migrated } from './database.ts';
import type { Notes } from './notes.ts';

export const NOTE_APPLIED = 'note-applied';

const NoteInput = z.strictObject({ name: z.string().min(1).max(300) });

/** Notes in a file of its own which migrations ran before a release. The database is only read. */
export function createNoteApplied(
  { tool, history }: Pick<Migrated, 'tool' | 'history'>,
  notes: Notes,
): Operation {
  const nameIn = (input: Json): string => {
    const parsed = NoteInput.safeParse(input);
    if (parsed.success) return parsed.data.name;
    throw new Refusal('invalid-input', `${NOTE_APPLIED} got no usable name.`, 'name');
  };
  const observe: Operation['observe'] = async (input, signal) => {
    signal.throwIfAborted();
    const note = await notes.find(nameIn(input));
    return {
      fingerprint: note ? 'noted' : 'not noted',
      expected: 'noted',
      moving: false,
      note: note ? `a note of ${note.applied.length} migrations` : 'no note yet',
    };
  };
  const appliedNow = async (signal: AbortSignal) =>
    (await history(signal)).filter(({ state }) => state === 'applied').map(({ name }) => name);

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: 5_000,
    limitMs: 120_000,
    usualMs: 3_000,
    pollMs: 1_000,
    title: () => `Note which ${tool.title} migrations ran`,
    observe,
    async describe(input, signal) {
      const { note } = await observe(input, signal);
      const applied = await appliedNow(signal);
      const to = `${applied.length} that ran, the newest ${applied.at(-1) ?? 'none'}`;
      return [{ what: `note in ${notes.directory}`, from: note, to }];
    },
    async preflight(input, signal) {
      nameIn(input);
      const count = (await appliedNow(signal)).length;
      const reason = `${count} migrations ran.`;
      return [pass('The list can be read', reason)];
    },
    async submit(input, intent, signal) {
      const name = nameIn(input);
      const applied = await appliedNow(signal);
      signal.throwIfAborted();
      await notes.write(name, intent.at, applied);
      return { key: intent.key };
    },
    async poll(_handle, signal) {
      signal.throwIfAborted();
      return { state: 'succeeded' };
    },
    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),
    manual: (input) =>
      `Write down which migrations ran, as ${tool.title} lists them, under "${nameIn(input)}".`,
  };
}
