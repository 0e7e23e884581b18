import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { checked, fail, pass, warn } from '../checks.ts';
import { compare, notYetCompared, sameness } from './compare.ts';
import { inputOf, SWITCH, SWITCH_BACK, SwitchBackInput, SwitchInput } from './names.ts';
import { safetyCheck } from './restore-checks.ts';
import { liveDatabase, type Restoring } from './restoring.ts';
import { requireSafetyBackup } from './safety.ts';
import type { Exchange } from './system.ts';

const LIMITS = { quietMs: 60_000, limitMs: 5 * 60_000, usualMs: 10_000, pollMs: 1_000 } as const;
const PATIENCE_MS = 8_000;

/**
 * Puts the restored database into the place of the live one, which is kept. Nothing is deleted.
 * Never without a safety backup of the database that is live.
 */
export function createSwitch(restoring: Restoring): Operation {
  const { system, settings, backups } = restoring;
  const { database } = settings;
  const read = (input: Json) => inputOf(SwitchInput, SWITCH, input);
  const exchangeOf = (input: Json): Exchange => {
    const { beside, kept } = read(input);
    return { incoming: beside, outgoing: kept };
  };

  async function compared(input: Json, signal: AbortSignal) {
    const { beside } = read(input);
    const [found] = await system.find([beside], signal);
    if (!found?.filled?.whole) return notYetCompared(system.words);
    return compare(system, await system.liveName(signal), beside, signal);
  }

  return {
    ...exchanging(restoring, exchangeOf),
    asksAgain: true,
    title: () => `Switch ${database} to the restored database`,

    async describe(input, signal): Promise<readonly Change[]> {
      const { changes } = await compared(input, signal);
      return [...system.switching.changes(database, exchangeOf(input), false), ...changes];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { safety } = read(input);
      const live = await liveDatabase(restoring, signal);
      const { state, note } = await system.standing(exchangeOf(input), signal);
      return Promise.all([
        safetyCheck(restoring, safety, live, signal),
        Promise.resolve(
          state === 'not switched'
            ? pass('The databases stand as planned', `Found ${note}.`)
            : fail('The databases stand as planned', `Found ${note}.`),
        ),
        system.rightsCheck(signal),
        checked(sameness(system.words), false, async () => (await compared(input, signal)).schema),
      ]);
    },

    async submit(input, intent, signal) {
      const { beside, safety } = read(input);
      const { state, live, note } = await system.standing(exchangeOf(input), signal);
      const [restored] = await system.find([beside], signal);
      if (!live || state !== 'not switched') throw refused(restoring, `Found ${note}.`);
      if (!restored?.filled?.whole) {
        throw refused(restoring, `There is no restored database ${beside}.`);
      }
      await requireSafetyBackup(backups, safety, { live, run: intent.run }, PATIENCE_MS, signal);
      await system.exchange(exchangeOf(input), signal);
      return { key: intent.key };
    },

    undo(input) {
      const { beside, kept } = read(input);
      return { operation: SWITCH_BACK, input: { kept, aside: beside } };
    },

    manual(input) {
      const { safety } = read(input);
      return [
        `See first that the safety backup is whole. Without it, stop here. ${system.manual.read(backups.path(safety))}`,
        ...system.manual.exchange(exchangeOf(input)),
      ].join('\n');
    },
  };
}

/** Takes a switch back: the database that was kept is live again, and the restored one is kept beside. Nothing is deleted. */
export function createSwitchBack(restoring: Restoring): Operation {
  const { system, settings } = restoring;
  const { database } = settings;
  const exchangeOf = (input: Json): Exchange => {
    const { kept, aside } = inputOf(SwitchBackInput, SWITCH_BACK, input);
    return { incoming: kept, outgoing: aside };
  };
  return {
    ...exchanging(restoring, exchangeOf),
    asksAgain: true,
    title: () => `Switch ${database} back to the database before the restore`,

    async describe(input, signal): Promise<readonly Change[]> {
      signal.throwIfAborted();
      return system.switching.changes(database, exchangeOf(input), true);
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { incoming, outgoing } = exchangeOf(input);
      const [kept] = await system.find([incoming], signal);
      return [
        kept
          ? pass('The kept database is there', `${incoming} is there.`)
          : warn('The kept database is there', `There is no database ${incoming} now.`),
        pass('Nothing is deleted', `What is live now is kept as ${outgoing}.`),
        await system.rightsCheck(signal),
      ];
    },

    async submit(input, intent, signal) {
      const { incoming } = exchangeOf(input);
      const { state, live, note } = await system.standing(exchangeOf(input), signal);
      const [kept] = await system.find([incoming], signal);
      if (!live || !kept || state !== 'not switched') throw refused(restoring, `Found ${note}.`);
      await system.exchange(exchangeOf(input), signal);
      return { key: intent.key };
    },

    manual: (input) => system.manual.exchange(exchangeOf(input)).join('\n'),
  };
}

type Shared = Pick<
  Operation,
  'effect' | 'guarantee' | keyof typeof LIMITS | 'observe' | 'poll' | 'recover'
>;

/** What both directions share: an exchange is seen by what there is. */
function exchanging({ system }: Restoring, exchangeOf: (input: Json) => Exchange): Shared {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { state, note, live } = await system.standing(exchangeOf(input), signal);
    // The server's own number of it: somebody else's restore makes another one of it.
    const fingerprint =
      state === 'not switched' ? `live is ${live?.identity[0] ?? 'unknown'}` : state;
    return { fingerprint, expected: 'switched', moving: false, note };
  }
  return {
    effect: 'toggle',
    guarantee: 'observable',
    ...LIMITS,
    observe,
    async poll(_handle, signal) {
      signal.throwIfAborted();
      // All of it is done when `submit` answers; a look decides what came of it.
      return { state: 'succeeded' };
    },
    recover: async (input, intent, _handle, signal) =>
      recoverByLooking(await observe(input, signal), intent),
  };
}

function refused({ system, settings }: Restoring, answer: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: system.name,
    attempted: 'switch the databases',
    on: settings.database,
    answer,
    next: 'Nothing was changed; look at the databases on the server.',
  });
}
