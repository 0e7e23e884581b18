import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import { requireSafetyBackup } from './backups.ts';
import { compare, notYetCompared } from './compare.ts';
import { findDatabases } from './databases.ts';
import { type Exchange, exchange, manualExchange, namesOf } from './exchange.ts';
import { inputOf, isRestored, SWITCH, SWITCH_BACK, SwitchBackInput, SwitchInput } from './names.ts';
import { rightsCheck, safetyCheck } from './restore-checks.ts';
import { checked, fail, pass, type Restoring, warn } from './restoring.ts';

const LIMITS = { quietMs: 60_000, limitMs: 5 * 60_000, usualMs: 10_000, pollMs: 1_000 } as const;
const PATIENCE_MS = 8_000;

/**
 * Puts the restored database into the place of the live one, which is kept under another name, read-only. Renames only:
 * nothing is deleted. Never without a safety backup of the database that is live.
 */
export function createSwitch(restoring: Restoring): Operation {
  const { server, settings, backups } = restoring;
  const { database } = settings;
  const read = (input: Json) => inputOf(SwitchInput, SWITCH, input);
  const exchangeOf = (input: Json): Exchange => {
    const { beside, kept } = read(input);
    return { incoming: beside, outgoing: kept };
  };

  async function compared(input: Json, signal: AbortSignal) {
    const { beside } = read(input);
    const [found] = await findDatabases(server, settings, [beside], signal);
    const isReady = isRestored(found?.comment);
    return isReady
      ? compare({ ...server, reading: server.changing }, database, beside, signal)
      : notYetCompared();
  }

  return {
    ...exchanging(restoring, exchangeOf),
    asksAgain: true,
    title: () => `Switch ${database} to the restored database`,

    async describe(input, signal): Promise<readonly Change[]> {
      const { beside, kept } = read(input);
      const { changes } = await compared(input, signal);
      return [
        { what: `database ${database}`, from: 'as it is now', to: `what is in ${beside}` },
        { what: `database ${kept}`, from: 'none', to: `what is in ${database} now, read-only` },
        { what: `sessions on ${database}`, from: 'open', to: 'ended once' },
        ...changes,
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { safety, kept } = read(input);
      const [live, taken] = await namesOf(restoring, [database, kept], signal);
      if (!live) return [fail('The database is there', `There is no database ${database}.`)];
      return Promise.all([
        safetyCheck(restoring, safety, live, signal),
        Promise.resolve(
          taken
            ? fail('The name to keep it under is free', `There is a database ${kept} already.`)
            : pass('The name to keep it under is free', `${kept} is free.`),
        ),
        rightsCheck(restoring, signal),
        checked(
          'The tables are the same',
          false,
          async () => (await compared(input, signal)).schema,
        ),
      ]);
    },

    async submit(input, intent, signal) {
      const { beside, kept, safety } = read(input);
      const [live, restored, taken] = await namesOf(restoring, [database, beside, kept], signal);
      if (!live || taken || !isRestored(restored?.comment)) {
        const found = !live
          ? `no database ${database}`
          : taken
            ? `a database ${kept} already`
            : `no restored database ${beside}`;
        throw refused(database, `There is ${found}.`);
      }
      await requireSafetyBackup(backups, safety, { database, oid: live.oid }, PATIENCE_MS, signal);
      await exchange(restoring, exchangeOf(input), live, signal);
      return { key: intent.key };
    },

    undo(input) {
      const { beside, kept } = read(input);
      return { operation: SWITCH_BACK, input: { kept, aside: beside } };
    },

    manual(input) {
      const { beside, kept, safety } = read(input);
      return [
        `See first that the safety backup is whole: ${server.tool('pg_restore')} --file=/dev/null ${backups.path(safety)}. Without it, stop here.`,
        manualExchange(restoring, { incoming: beside, outgoing: kept }),
      ].join('\n');
    },
  };
}

/** Takes a switch back: the database that was kept is live again, and the restored one is kept beside. Nothing is deleted. */
export function createSwitchBack(restoring: Restoring): Operation {
  const { settings } = restoring;
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
      const { incoming, outgoing } = exchangeOf(input);
      return [
        { what: `database ${database}`, from: 'the restored one', to: `what is in ${incoming}` },
        {
          what: `database ${outgoing}`,
          from: 'none',
          to: 'the restored one, with all written since, read-only',
        },
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const { incoming, outgoing } = exchangeOf(input);
      const [kept, taken] = await namesOf(restoring, [incoming, outgoing], signal);
      return [
        kept
          ? pass('The kept database is there', `${incoming} is there.`)
          : warn('The kept database is there', `There is no database ${incoming} now.`),
        taken
          ? warn('The name to keep it under is free', `There is a database ${outgoing} now.`)
          : pass('The name to keep it under is free', `${outgoing} is free.`),
        await rightsCheck(restoring, signal),
      ];
    },

    async submit(input, intent, signal) {
      const { incoming, outgoing } = exchangeOf(input);
      const [live, kept, taken] = await namesOf(restoring, [database, incoming, outgoing], signal);
      if (!live || !kept || taken)
        throw refused(
          database,
          `There is ${!live || !kept ? 'a database missing' : `a database ${outgoing} already`}.`,
        );
      await exchange(restoring, exchangeOf(input), live, signal);
      return { key: intent.key };
    },

    manual: (input) => manualExchange(restoring, exchangeOf(input)),
  };
}

type Shared = Pick<
  Operation,
  'effect' | 'guarantee' | keyof typeof LIMITS | 'observe' | 'poll' | 'recover'
>;

/** What both directions share: an exchange is seen by which names there are. */
function exchanging(restoring: Restoring, exchangeOf: (input: Json) => Exchange): Shared {
  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { incoming, outgoing } = exchangeOf(input);
    const { database } = restoring.settings;
    const [live, arriving, left] = await namesOf(restoring, [database, incoming, outgoing], signal);
    const at = (fingerprint: string, note: string): Observation => {
      const closed = live && !live.open ? `; ${database} takes no connections` : '';
      return { fingerprint, expected: 'switched', moving: false, note: `${note}${closed}` };
    };
    if (live && left && !arriving)
      return at('switched', `${database} switched, with ${outgoing} kept`);
    // The database's own number: somebody else's restore makes another one of it.
    if (live && !left) return at(`live is ${live.oid}`, `${database} not switched`);
    const there = [live, arriving, left].filter((one) => one !== undefined);
    return at(
      'something else',
      `the databases ${there.map(({ name }) => name).join(', ') || '(none)'}`,
    );
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

function refused(database: string, answer: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: 'PostgreSQL',
    attempted: 'switch the databases',
    on: database,
    answer,
    next: 'Nothing was changed; look at the databases on the server.',
  });
}
