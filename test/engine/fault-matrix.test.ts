import { expect, it, vi } from 'vitest';
import type { Fault } from '../../src/sandbox/cloud/index.ts';
import { type CallOf, type Case, type Ending, ride } from './cloud-bench.ts';

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

/** Only what is accepted first and done later can be slow, or fail in the end. */
const SLOW: Readonly<Record<string, Fault>> = {
  'fails in the end': { kind: 'operation', takesMs: 8_000, failsWith: 'The app did not start.' },
  'no address to follow': { kind: 'drop-headers', names: ['location', 'azure-asyncoperation'] },
};

type Kind = 'rollback' | 'quick-fix';

interface Row extends Ending {
  readonly ride: Kind;
  readonly of: CallOf;
  readonly fault: string;
}

/** The systems' clock runs faster than ours; so must the time after which a call is given up. */
const HASTE = 10;
const SHORT_MS = 5_000;
const WIDTH = 4;

/** `npm test` strikes only the calls that change something; `npm run test:crash` strikes them all. */
const THOROUGH = process.env['THOROUGH'] === '1';
const GOOD_ENDS: readonly (string | undefined)[] = ['recovered', 'done'];

it('ends well after every fault of every call, or halts and says why', {
  timeout: THOROUGH ? 3_600_000 : 300_000,
}, async () => {
  const patient = AbortSignal.timeout.bind(AbortSignal);
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) =>
    patient(ms > SHORT_MS ? ms / HASTE : ms),
  );
  const cases = [...(await casesOf('rollback')), ...(await casesOf('quick-fix'))];
  const rows: Row[] = [];

  await Promise.all(
    Array.from({ length: WIDTH }, async () => {
      for (let next = cases.shift(); next; next = cases.shift()) {
        const ending = await ride(next.ride, next.is);
        rows.push({ ...ending, ride: next.ride, of: next.is, fault: next.name });
      }
    }),
  );

  process.stdout.write(`\n${tableOf(rows)}\n`);
  expect(rows.length).toBeGreaterThan(THOROUGH ? 120 : 15);
  expect(rows.filter(({ struck }) => !struck).map(nameOf)).toEqual([]);
  expect(rows.filter(({ changes }) => changes !== 1).map(nameOf)).toEqual([]);
  expect(rows.filter(({ outcome }) => !GOOD_ENDS.includes(outcome)).map(nameOf)).toEqual([]);
  expect(rows.filter(({ errors }) => errors.length > 0).map(nameOf)).toEqual([]);
  const told = rows.filter(({ kind }) => kind !== 'as usual');
  // What failed, on what, and what to do about it.
  expect(told.filter(({ message }) => !/\w+ .*\. ?[A-Z].*\w/.test(message)).map(nameOf)).toEqual(
    [],
  );
});

async function casesOf(
  kind: Kind,
): Promise<{ readonly ride: Kind; readonly name: string; readonly is: Case }[]> {
  const { calls, outcome } = await ride(kind, undefined);
  expect(GOOD_ENDS).toContain(outcome);
  const struck = calls.filter(({ changes }) => THOROUGH || changes);
  const different = new Map(struck.map((of) => [`${of.phase} ${of.system} ${of.call}`, of]));
  return [...different.values()].flatMap((of) => {
    const all = of.call === 'POST slotsswap' ? { ...FAULTS, ...SLOW } : FAULTS;
    // A call that only reads does the same before and after.
    const faults = Object.entries(all).filter(([name]) => of.changes || !name.endsWith('and done'));
    return faults.map(([name, fault]) => ({
      ride: kind,
      name,
      is: { ...of, fault },
    }));
  });
}

function nameOf({ ride: kind, of, fault, outcome, message, errors, changes }: Row): string {
  return `${kind}, ${of.phase}, ${of.system} ${of.call}, ${fault}: ${outcome}, changed ${changes} times. ${message} ${errors.join(' ')}`;
}

/** One line for each call, one column for each fault; the letters are explained below it. */
function tableOf(rows: readonly Row[]): string {
  const names = [...Object.keys(FAULTS), ...Object.keys(SLOW)];
  const calls = [
    ...new Set(
      rows.map((row) => `${row.ride} ${row.of.phase}|${row.of.system} \`${row.of.call}\``),
    ),
  ];
  const lines = calls.map((call) => {
    const cells = names.map((name) => {
      const row = rows.find(
        (each) =>
          each.fault === name &&
          `${each.ride} ${each.of.phase}|${each.of.system} \`${each.of.call}\`` === call,
      );
      return row ? LETTER[row.kind] : '';
    });
    return `| ${[...call.split('|'), ...cells].join(' | ')} |`;
  });
  const kinds = Object.entries(LETTER).map(
    ([kind, letter]) => `${letter} ${kind}: ${rows.filter((row) => row.kind === kind).length}`,
  );
  return [
    `| while | call | ${names.join(' | ')} |`,
    `|---|---|${':-:|'.repeat(names.length)}`,
    ...lines,
    '',
    `${rows.length} faults. ${kinds.join('. ')}.`,
  ].join('\n');
}

const LETTER: Readonly<Record<Ending['kind'], string>> = {
  'as usual': '✓',
  'plan refused, then made': 'R',
  'halted, then retried': 'H',
  'no end': '✗',
};
