import { OutsideError } from '../../errors.ts';
import { type Operation, recoverByLooking } from '../../operation.ts';
import type { Migrated } from './database.ts';

export const KEEP = 'keep';

/** Leaves the schema as it is: a step that is done already, so that a plan shows that it was thought of. */
export function createKeep({ tool }: Pick<Migrated, 'tool'>): Operation {
  const observe: Operation['observe'] = async (_input, signal) => {
    signal.throwIfAborted();
    const note = 'nothing has to be taken back';
    return { fingerprint: 'as it is', expected: 'as it is', moving: false, note };
  };
  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: 1_000,
    limitMs: 60_000,
    usualMs: 1_000,
    pollMs: 1_000,
    title: () => 'Leave the schema of the database as it is',
    observe,
    async describe(_input, signal) {
      signal.throwIfAborted();
      return [{ what: `${tool.title} migrations`, from: 'as they are', to: 'as they are' }];
    },
    async preflight(_input, signal) {
      signal.throwIfAborted();
      return [];
    },
    async submit() {
      throw new OutsideError({
        kind: 'rejected',
        system: 'Backstop',
        attempted: 'leave the schema as it is',
        on: 'the database',
        next: 'There is nothing to do; ask for a new plan.',
      });
    },
    async poll(_handle, signal) {
      signal.throwIfAborted();
      return { state: 'succeeded' };
    },
    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),
    undo: () => ({ operation: KEEP, input: {} }),
    manual: () => 'Nothing is to be done.',
  };
}
