import { describe, expect, it, onTestFinished } from 'vitest';
import { JournalError, Refusal } from '../src/errors.ts';
import type { Event } from '../src/events.ts';
import { declareIncident } from '../src/flows/declare.ts';
import { takeRole } from '../src/flows/take-role.ts';
import { createLoop, type Flow, type Loop } from '../src/loop.ts';
import { ANA, BEN, CLEO } from './support/an-incident.ts';
import { CHECKOUT } from './support/asking.ts';
import { entry, openJournal, openLoop, tamper } from './support/journal.ts';

const declare = declareIncident({
  title: 'checkout is failing',
  summary: '',
  service: CHECKOUT,
  environment: 'production',
});

const note =
  (text: string): Flow =>
  () => [{ type: 'note.added', data: { text } }];

const refuse: Flow = () => {
  throw new Refusal('not-possible', 'No.');
};

/** What the fold refuses: a step of a run that does not exist. */
const impossible: Flow = () => [
  { type: 'note.added', data: { text: 'half' } },
  { type: 'step.retried', data: { run: 'INC-0001-R7', step: 'x' } },
];

async function aLoopWithIncident() {
  const open = openLoop();
  await open.loop.declare(ANA, declare);
  return open;
}

function notesIn(events: readonly { readonly type: string; readonly data: unknown }[]): unknown[] {
  return events
    .filter(({ type }) => type === 'note.added')
    .map(({ data }) => (data as { text: string }).text);
}

describe('deciding', () => {
  it('records what the flow decides and answers with the incident as it is then', async () => {
    const { loop, journal, clock } = await aLoopWithIncident();
    clock.pass(500);

    const { incident, events, repeated } = await loop.decide(
      'INC-0001',
      BEN,
      takeRole('commander'),
    );

    expect(incident.roles).toEqual({ commander: 'U0BEN' });
    expect(loop.incident('INC-0001')).toBe(incident);
    expect(events).toMatchObject([{ seq: 2, version: 2, at: clock.now(), actor: BEN }]);
    expect(repeated).toBe(false);
    expect(journal.head().seq).toBe(2);
  });

  it('gives the flow the time, who asks, and every incident', async () => {
    const { loop, clock } = await aLoopWithIncident();
    await loop.declare(ANA, declare);
    const seen: unknown[] = [];

    await loop.decide('INC-0001', BEN, (incident, { now, actor, incidents }) => {
      seen.push(incident.id, now, actor, ...incidents.map(({ id }) => id));
      return [];
    });

    expect(seen).toEqual(['INC-0001', clock.now(), BEN, 'INC-0002', 'INC-0001']);
  });

  it('decides at once for many, each against what those before it decided', async () => {
    const { loop } = await aLoopWithIncident();

    const decisions = await Promise.allSettled([
      loop.decide('INC-0001', ANA, takeRole('commander')),
      loop.decide('INC-0001', BEN, takeRole('commander')),
      loop.decide('INC-0001', CLEO, takeRole('commander', 'U0ANA')),
    ]);

    expect(decisions.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(decisions[1]).toHaveProperty(
      'reason.message',
      expect.stringMatching(/^<@U0ANA> is the incident commander already/),
    );
    expect(loop.incident('INC-0001')?.roles.commander).toBe('U0CLEO');
  });

  it('refuses an incident that does not exist', async () => {
    const { loop } = openLoop();

    await expect(loop.decide('INC-0404', ANA, note('x'))).rejects.toMatchObject({
      code: 'not-found',
      message: 'There is no incident INC-0404. Use its id, like INC-0001.',
    });
  });

  it('records nothing when the journal cannot, and stands where it stood', async () => {
    const { loop, journal } = await aLoopWithIncident();
    const before = loop.incident('INC-0001');
    await journal.close();

    await expect(loop.decide('INC-0001', ANA, note('x'))).rejects.toThrow(JournalError);

    expect(loop.incident('INC-0001')).toBe(before);
  });
});

describe('a decision that fails among others of the same commit', () => {
  it.each([
    ['the flow refuses', refuse, Refusal],
    ['the fold cannot take what it decided', impossible, JournalError],
  ])('leaves nothing behind: %s', async (_what, failing, kind) => {
    const { loop, journal } = await aLoopWithIncident();
    const seen: number[] = [];
    const look: Flow = (incident) => {
      seen.push(incident.version);
      return [{ type: 'note.added', data: { text: `after ${incident.version}` } }];
    };

    const all = await Promise.allSettled([
      loop.decide('INC-0001', ANA, look),
      loop.decide('INC-0001', BEN, failing, 'click'),
      loop.decide('INC-0001', CLEO, look),
      loop.declare(ANA, declare),
    ]);

    expect(all.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'fulfilled',
    ]);
    expect(all[1]).toHaveProperty('reason', expect.any(kind));
    expect(seen).toEqual([1, 2]);
    const stored = journal.entriesOf('incident/INC-0001');
    expect(stored.map(({ version }) => version)).toEqual([1, 2, 3]);
    expect(notesIn(stored)).toEqual(['after 1', 'after 2']);
    expect(journal.verify()).toMatchObject({ ok: true, entries: 4 });
    expect(createLoop(journal, Date.now).incidents()).toEqual(loop.incidents());
  });

  it('fails with all of them when the store undoes the whole commit, and leaves nothing behind', async () => {
    const { loop, journal, file } = await aLoopWithIncident();
    const before = loop.incident('INC-0001');
    undoCommitsWith(file, 'poison');

    const all = await Promise.allSettled([
      loop.decide('INC-0001', ANA, note('fine'), 'click'),
      loop.declare(BEN, declare),
      loop.decide('INC-0001', BEN, note('poison')),
      loop.decide('INC-0001', CLEO, note('fine')),
    ]);

    expect(all.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(all[0]).toHaveProperty('reason', expect.any(JournalError));
    expect(loop.incident('INC-0001')).toBe(before);
    expect(loop.incidents()).toHaveLength(1);
    const again = await loop.decide('INC-0001', ANA, note('fine'), 'click');
    const { incident } = await loop.declare(BEN, declare);
    expect(again).toMatchObject({ repeated: false, incident: { version: 2 } });
    expect(incident.id).toBe('INC-0002');
    expect(journal.verify()).toMatchObject({ ok: true, entries: 3 });
  });

  it('is asked again when the same request comes again: it decided nothing', async () => {
    const { loop } = await aLoopWithIncident();

    await expect(loop.decide('INC-0001', ANA, refuse, 'click')).rejects.toThrow('No.');
    const again = await loop.decide('INC-0001', ANA, note('now'), 'click');

    expect(again).toMatchObject({ repeated: false, events: [{ type: 'note.added' }] });
  });
});

describe('a repeated delivery', () => {
  it('is answered with the incident as it is, and the flow is not asked', async () => {
    const { loop, journal } = await aLoopWithIncident();
    await loop.decide('INC-0001', ANA, takeRole('commander'), 'click');
    await loop.decide('INC-0001', BEN, note('later'));
    let asked = 0;

    const again = await loop.decide(
      'INC-0001',
      ANA,
      () => {
        asked += 1;
        return refuse({} as never, {} as never);
      },
      'click',
    );

    expect(again).toMatchObject({ repeated: true, events: [], incident: { version: 3 } });
    expect(asked).toBe(0);
    expect(journal.head().seq).toBe(3);
  });

  it('is known when both come at once, and after a restart', async () => {
    const { loop, file, clock } = await aLoopWithIncident();

    const both = await Promise.all([
      loop.decide('INC-0001', ANA, note('once'), 'click'),
      loop.decide('INC-0001', ANA, note('once'), 'click'),
    ]);
    const restarted = await openLoop(file, clock).loop.decide(
      'INC-0001',
      ANA,
      note('once'),
      'click',
    );

    expect(both.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(restarted).toMatchObject({ repeated: true, incident: { version: 2 } });
  });

  it('of a declaration is refused, and declares nothing', async () => {
    const { loop } = openLoop();
    await loop.declare(ANA, declare, 'submit');

    await expect(loop.declare(ANA, declare, 'submit')).rejects.toMatchObject({
      code: 'already-done',
      message: 'This incident was declared already; look for its channel.',
    });

    expect(loop.incidents()).toHaveLength(1);
  });
});

describe('declaring', () => {
  it('numbers incidents one after the other, also when several are declared at once', async () => {
    const { loop, file, clock } = openLoop();

    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await loop.declare(ANA, declare)).incident.id),
    );
    const next = await openLoop(file, clock).loop.declare(BEN, declare);

    expect(ids).toEqual(['INC-0001', 'INC-0002', 'INC-0003']);
    expect(next.incident.id).toBe('INC-0004');
    expect(loop.incidents().map(({ id }) => id)).toEqual(['INC-0003', 'INC-0002', 'INC-0001']);
  });

  it('goes past INC-9999', async () => {
    const { journal, clock } = openLoop();
    const data = {
      id: 'INC-9999',
      title: 'x',
      summary: '',
      service: 'checkout',
      environment: 'production',
    };
    await journal.transact((tx) =>
      tx.append([{ stream: 'incident/INC-9999', type: 'incident.declared', actor: ANA, data }]),
    );

    const { incident } = await createLoop(journal, () => clock.now()).declare(ANA, declare);

    expect(incident.id).toBe('INC-10000');
  });
});

describe('reactors', () => {
  it('are told of each event in order, with the incident as that event left it', async () => {
    const { loop } = await aLoopWithIncident();
    const told: string[] = [];
    loop.subscribe((incident, event) =>
      told.push(`${event.seq} ${event.type} v${incident.version}`),
    );
    const two: Flow = () => [...note('a')({} as never, {} as never), ...roleOfBen];

    await Promise.all([loop.decide('INC-0001', BEN, two), loop.declare(ANA, declare)]);

    expect(told).toEqual(['2 note.added v2', '3 role.claimed v3', '4 incident.declared v1']);
  });

  it('are told no more once they have left', async () => {
    const { loop } = await aLoopWithIncident();
    const told: number[] = [];
    const leave = loop.subscribe((_incident, { seq }) => told.push(seq));

    await loop.decide('INC-0001', ANA, note('a'));
    leave();
    await loop.decide('INC-0001', ANA, note('b'));

    expect(told).toEqual([2]);
  });

  it('may decide and catch up themselves; the order stays', async () => {
    const { loop, file, clock } = await aLoopWithIncident();
    const other = openLoop(file, clock).loop;
    await other.decide('INC-0001', BEN, note('elsewhere'));
    const first: number[] = [];
    const second: number[] = [];
    const followed: Promise<unknown>[] = [];
    loop.subscribe((_incident, { seq }) => {
      first.push(seq);
      loop.catchUp();
      if (seq < 4) followed.push(loop.decide('INC-0001', ANA, note(`after ${seq}`)));
    });
    loop.subscribe((_incident, { seq }) => second.push(seq));

    await loop.decide('INC-0001', ANA, note('here'));
    await Promise.all(followed);

    expect(first).toEqual([2, 3, 4, 5]);
    expect(second).toEqual(first);
  });

  it('that throw do not turn a recorded decision into a failed one, nor keep it from the others', async () => {
    const { loop } = await aLoopWithIncident();
    const uncaught = catchUncaught();
    const told: number[] = [];
    loop.subscribe(() => {
      throw new Error('broken reactor');
    });
    loop.subscribe((_incident, { seq }) => told.push(seq));

    const { events } = await loop.decide('INC-0001', ANA, note('a'));
    await new Promise(setImmediate);

    expect(events).toHaveLength(1);
    expect(told).toEqual([2]);
    expect(uncaught).toMatchObject([{ message: 'broken reactor' }]);
  });
});

describe('what other processes append', () => {
  it('is taken in by catchUp, and told', async () => {
    const { loop, file, clock } = await aLoopWithIncident();
    const other = openLoop(file, clock).loop;
    const told: unknown[] = [];
    loop.subscribe((incident, event) => told.push([incident.roles, event.type]));
    await other.decide('INC-0001', BEN, takeRole('commander'));
    expect(loop.incident('INC-0001')?.roles).toEqual({});

    loop.catchUp();
    loop.catchUp();

    expect(loop.incident('INC-0001')?.roles).toEqual({ commander: 'U0BEN' });
    expect(told).toEqual([[{ commander: 'U0BEN' }, 'role.claimed']]);
  });

  it('is before every decision, whether it was taken in or not', async () => {
    const { loop, file, clock } = await aLoopWithIncident();
    const other = openLoop(file, clock).loop;
    await other.decide('INC-0001', BEN, takeRole('commander'));

    await expect(loop.decide('INC-0001', ANA, takeRole('commander'))).rejects.toThrow(/<@U0BEN>/);
    const [mine, theirs] = await Promise.all([
      loop.declare(ANA, declare),
      other.declare(BEN, declare),
    ]);

    expect([mine.incident.id, theirs.incident.id].sort()).toEqual(['INC-0002', 'INC-0003']);
  });
});

describe('starting', () => {
  it('folds everything there is, and passes over what is not of an incident', async () => {
    const { loop, journal, file } = await aLoopWithIncident();
    await journal.transact((tx) => tx.append([entry('slack/posted', { ts: '1.2' })]));
    await loop.decide('INC-0001', BEN, takeRole('commander'));

    const again: Loop = createLoop(openJournal(file), Date.now);

    expect(again.incidents()).toEqual(loop.incidents());
    expect(again.incidents()).toBe(again.incidents());
  });

  it('names the entry it cannot read', async () => {
    const { journal, file } = await aLoopWithIncident();
    await journal.close();
    tamper(file, `UPDATE events SET type = 'tea.brewed' WHERE seq = 1`);

    expect(() => createLoop(openJournal(file), Date.now)).toThrow(
      /^Entry 1 \(tea.brewed of incident\/INC-0001\) does not fit .*backstop verify/,
    );
  });
});

const roleOfBen: readonly Event[] = [
  { type: 'role.claimed', data: { role: 'commander', user: 'U0BEN' } },
];

/** Makes the store undo the whole commit in which a word is recorded, as it does when the disk is full. */
function undoCommitsWith(file: string, word: string): void {
  tamper(
    file,
    `CREATE TRIGGER disk_full BEFORE INSERT ON events WHEN NEW.data LIKE '%${word}%'
     BEGIN SELECT RAISE(ROLLBACK, 'no room'); END`,
  );
}

/** Collects uncaught exceptions for the rest of the test, in place of the test runner. */
function catchUncaught(): readonly unknown[] {
  const caught: unknown[] = [];
  const runners = process.rawListeners('uncaughtException') as NodeJS.UncaughtExceptionListener[];
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', (error) => caught.push(error));
  onTestFinished(() => {
    process.removeAllListeners('uncaughtException');
    for (const runner of runners) process.on('uncaughtException', runner);
  });
  return caught;
}
