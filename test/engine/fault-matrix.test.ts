import { expect, it, onTestFinished } from 'vitest';
import { azureFaults, type Fault } from '../../src/sandbox/cloud/index.ts';
import { type CallOf, type Case, type Ending, ride } from './cloud-bench.ts';
import { RIDES, type Ride } from './rides.ts';

/** What can come of a call that goes wrong once. */
const FAULTS: Readonly<Record<string, Fault>> = {
  'no answer': { kind: 'hang' },
  'no answer, and done': { kind: 'hang', when: 'after' },
  'connection reset': { kind: 'reset' },
  'reset, and done': { kind: 'reset', when: 'after' },
  '429, wait 1 s': {
    kind: 'status',
    status: 429,
    headers: { 'retry-after': '1' },
    body: { error: { code: 'TooManyRequests', message: 'Too many requests.' } },
  },
  '500': { kind: 'status', status: 500, body: { error: { code: 'Oops', message: 'Oops.' } } },
  '500, and done': { kind: 'status', status: 500, body: {}, when: 'after' },
  '409': {
    kind: 'status',
    status: 409,
    body: { error: { code: 'Conflict', message: 'It conflicts with something.' } },
  },
  'unreadable body': { kind: 'malformed', when: 'after' },
};

/** Only what is accepted first and done later can be slow, fail in the end, or be lost track of. */
const SLOW: Readonly<Record<string, Fault>> = {
  'fails in the end': { kind: 'operation', takesMs: 8_000, failsWith: 'The app did not start.' },
  'no address to follow': { kind: 'drop-headers', names: ['location', 'azure-asyncoperation'] },
};

/** The calls that start what is done later, and whether their answer has the address to follow it at. */
const STARTS_SOMETHING: Readonly<Record<string, { readonly hasAddress: boolean }>> = {
  'azure POST slotsswap': { hasAddress: true },
  'azure PUT containerGroup': { hasAddress: true },
  'contentful PUT environment': { hasAddress: false },
  'aws POST CreateDeployment': { hasAddress: false },
  'aws POST UpdateService': { hasAddress: false },
};

/** The calls by which something is followed, and what they answer once its record is gone for good. */
const FOLLOWS: Readonly<Record<string, Fault>> = {
  'azure GET operationresults': azureFaults.recordLost(),
  'azure GET containerOperations': azureFaults.recordLost(),
};

const COLUMNS = [...Object.keys(FAULTS), ...Object.keys(SLOW), 'record lost'];

interface Struck {
  readonly ride: Ride;
  readonly name: string;
  readonly is: Case;
  /** What takes effect where nothing goes wrong. */
  readonly usually: Ending['changed'];
}

type Row = Ending & Struck;

/** The systems' clock runs faster than ours; so must the time after which a call is given up. */
const HASTE = 10;
const SHORT_MS = 5_000;
const WIDTH = 4;

/**
 * `npm test` strikes only the calls that change something, those of `WHOLE` in every way and the others in some; `npm run
 * test:crash` strikes them all in every way.
 */
const THOROUGH = process.env['THOROUGH'] === '1';
const WHOLE = ['rollback', 'quick-fix'];
const ONLY = process.env['RIDES']?.split(',');
/** Runs the pipeline again that registers the right version. */
const CORRECTION = 'github POST rerun';
const GOOD_ENDS: readonly (string | undefined)[] = ['recovered', 'done'];

it('ends well after every fault of every call, or halts and says why', {
  timeout: THOROUGH ? 3_600_000 : 300_000,
}, async () => {
  hurry();
  const rides = RIDES.filter(({ name }) => ONLY?.includes(name) ?? true);
  const cases = (await Promise.all(rides.map(casesOf))).flat();
  const left = [...cases];
  const rows: Row[] = [];

  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let next = left.shift(); next; next = left.shift()) {
        rows.push(await strike(next));
        if (rows.length % 50 === 0) sayHowFar(rows.length, cases.length);
      }
    }),
  );

  // A machine that stalls for a moment breaks a ride that goes ten times as fast as people do; what is broken breaks twice.
  for (const row of rows.filter(isBroken)) rows.splice(rows.indexOf(row), 1, await strike(row));
  rows.sort(
    (a, b) => cases.findIndex(({ is }) => is === a.is) - cases.findIndex(({ is }) => is === b.is),
  );
  process.stdout.write(`\n${tableOf(rows)}\n`);
  expect(rows.length).toBeGreaterThan(15);
  expect(rows.filter(isBroken).map(nameOf)).toEqual([]);
});

/** Makes time limits as short as the systems' clock is fast, until the test is over. */
function hurry(): void {
  // No spy: it would keep every signal, and with it every ride, in memory.
  const patient = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (ms) => patient(ms > SHORT_MS ? ms / HASTE : ms);
  onTestFinished(() => {
    AbortSignal.timeout = patient;
  });
}

function sayHowFar(struck: number, of: number): void {
  process.stdout.write(`${struck} of ${of} faults\n`);
}

async function strike({ ride: on, name, is, usually }: Struck): Promise<Row> {
  return { ...(await ride(on, is)), ride: on, name, is, usually };
}

function isBroken(row: Row): boolean {
  const { struck, outcome, isRight, errors, kind, message } = row;
  // What failed, on what, and what to do about it.
  const isTold = kind === 'as usual' || /\w+ .*\. ?[A-Z].*\w/.test(message);
  // Where the failed part is taken back with the rest, the shop is as broken as it was before.
  const good = kind === 'failed, and taken back' ? ['not-recovered'] : GOOD_ENDS;
  const isDone = good.includes(outcome) && isRight && isOnce(row);
  return !struck || !isDone || errors.length > 0 || !isTold;
}

/** Everything took effect as often as when nothing goes wrong; what was begun and failed in the end, once more. */
function isOnce(row: Row): boolean {
  const { usually, changed, is, name, kind } = row;
  if (kind === 'failed, and taken back') return true;
  // The step that sets right what stays registered is left to people, who read so.
  if (kind === 'planned without a correction') {
    return isOnce({
      ...row,
      kind: 'as usual',
      changed: { ...changed, [CORRECTION]: usually[CORRECTION] ?? 0 },
    });
  }
  const again = name === 'fails in the end' ? `${is.system} ${is.call}` : undefined;
  return [...new Set([...Object.keys(usually), ...Object.keys(changed)])].every((call) => {
    const [was, should] = [changed[call] ?? 0, usually[call] ?? 0];
    return was === should || (call === again && was === should + 1);
  });
}

async function casesOf(on: Ride): Promise<readonly Struck[]> {
  const { calls, outcome, changed, isRight, message } = await ride(on, undefined);
  expect([on.name, message, isRight]).toEqual([on.name, '', true]);
  expect(GOOD_ENDS).toContain(outcome);
  const different = new Map(calls.map((of) => [`${of.phase} ${of.system} ${of.call}`, of]));
  return [...different.values()].flatMap((of, index) => {
    const name = `${of.system} ${of.call}`;
    const struck = (fault: string, is: Omit<Case, keyof CallOf>): Struck => ({
      ride: on,
      name: fault,
      is: { ...of, ...is },
      usually: changed,
    });
    const isWhole = THOROUGH || WHOLE.includes(on.name);
    const lost = of.phase === 'running' && FOLLOWS[name];
    return [
      ...(THOROUGH || of.changes
        ? faultsOf(name, of.changes)
            .filter(([fault]) => isWhole || isInTurn(fault, index))
            .map(([fault, is]) => struck(fault, { fault: is }))
        : []),
      ...(lost ? [struck('record lost', { fault: lost, times: Number.POSITIVE_INFINITY })] : []),
    ];
  });
}

/** Done without a word of it, whatever can only happen to some calls, and one of the other ways, each in its turn. */
function isInTurn(fault: string, index: number): boolean {
  const others = Object.keys(FAULTS);
  return fault === 'reset, and done' || fault in SLOW || others[index % others.length] === fault;
}

function faultsOf(call: string, changes: boolean): readonly (readonly [string, Fault])[] {
  const starts = STARTS_SOMETHING[call];
  return [
    // A call that only reads does the same before and after.
    ...Object.entries(FAULTS).filter(([name]) => changes || !name.endsWith('and done')),
    ...Object.entries(starts ? SLOW : {}).filter(
      ([name]) => starts?.hasAddress || name !== 'no address to follow',
    ),
  ];
}

function nameOf({ ride: on, is, name, outcome, message, errors, changed }: Row): string {
  return `${on.name}, ${is.phase}, ${is.system} ${is.call}, ${name}: ${outcome}, changed ${JSON.stringify(changed)}. ${message} ${errors.join(' ')}`;
}

/** One line for each call, one column for each fault; the letters are explained below it. */
function tableOf(rows: readonly Row[]): string {
  const lineOf = ({ ride: on, is }: Struck) =>
    `${on.name} ${is.phase} | ${is.system} \`${is.call}\``;
  const lines = [...new Set(rows.map(lineOf))].map((line) => {
    const cells = COLUMNS.map((column) => {
      const row = rows.find((each) => each.name === column && lineOf(each) === line);
      return row ? LETTER[row.kind] : '';
    });
    return `| ${[line, ...cells].join(' | ')} |`;
  });
  const kinds = Object.entries(LETTER).map(
    ([kind, letter]) => `${letter} ${kind}: ${rows.filter((row) => row.kind === kind).length}`,
  );
  return [
    `| while | call | ${COLUMNS.join(' | ')} |`,
    `|---|---|${':-:|'.repeat(COLUMNS.length)}`,
    ...lines,
    '',
    `${rows.length} faults. ${kinds.join('. ')}.`,
  ].join('\n');
}

const LETTER: Readonly<Record<Ending['kind'], string>> = {
  'as usual': '✓',
  'plan refused, then made': 'R',
  'planned without a correction': 'C',
  'halted, then retried': 'H',
  'failed, and taken back': 'B',
  'no end': '✗',
};
