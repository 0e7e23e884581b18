/** How long a click waits whose decision is durable before the acknowledgement, and how many a second are possible. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openSqliteJournal } from '../../src/journal/sqlite.ts';
import { createLoop } from '../../src/loop.ts';
import { createPerson } from '../../src/sandbox/workspace/person.ts';
import { type Figure, type Measured, percentile, spreadOf } from '../figure.ts';
import { type Click, clickAway, clickOf, type Load, overHttp, overSocket } from '../rig/clicks.ts';
import { inFolder } from '../rig/folder.ts';
import { bareBolt, programFile, startProgram } from '../rig/process.ts';
import { commitsOfClicks } from '../rig/raw-journal.ts';
import { createSlackRig, type Mode, type SlackRig, serviceConfig } from '../rig/slack.ts';

const AT_ONCE = 50;
const LIMIT = 'a Bolt app that acks the same click and does nothing';
const BESIDE = `${LIMIT}, and one commit of the rows of as many clicks on this disk`;
const WARM_UP = 600;
const CLICKS = 2_000;

export const acksOverHttp = (runs: number): Promise<readonly Measured[]> => acks('http', runs);
export const acksOverSocket = (runs: number): Promise<readonly Measured[]> => acks('socket', runs);

/** A task that everybody takes from everybody else: each click decides something. */
async function acks(mode: Mode, runs: number): Promise<readonly Measured[]> {
  // Two names for each who clicks: nobody takes what they have already.
  const ours = await createSlackRig(2 * AT_ONCE);
  const theirs = await createSlackRig(1);
  return inFolder(async (folder) => {
    const config = join(folder, 'backstop.yaml');
    const db = join(folder, 'journal.db');
    writeFileSync(config, ours.config(mode, serviceConfig('shop', ours.people, '')));
    await declareWithTask(db);
    const bot = await startProgram([programFile('bench/rig/bot.js'), config, db], ours.env);
    const bare = await startProgram(bareBolt(mode, theirs.workspace), {});
    const payload = await firstClick(ours, mode, bot.port);
    const click = (rig: SlackRig, port: number): Click =>
      mode === 'http' ? overHttp(port, rig.workspace.signingSecret) : overSocket(rig.workspace);
    const sides = [click(ours, bot.port), click(theirs, bare.port)] as const;
    const load = (side: Click, people: number, count: number): Promise<Load> =>
      clickAway(people, count, (person, time) =>
        side(clickOf(payload, ours.people[2 * person + (time % 2)] ?? '')),
      );

    for (const side of sides) await load(side, AT_ONCE, WARM_UP);
    const one: Measurement[] = [];
    const many: Measurement[] = [];
    const measure = async (people: number): Promise<Measurement> => ({
      commits: commitsOfClicks(folder, people, CLICKS),
      ours: await load(sides[0], people, CLICKS),
      bare: await load(sides[1], people, CLICKS),
    });
    for (let run = 0; run < runs; run += 1) {
      one.push(await measure(1));
      many.push(await measure(AT_ONCE));
    }
    await Promise.all([bot.stop(), bare.stop()]);
    await Promise.all([ours.workspace.close(), theirs.workspace.close()]);
    const rates = rate(many, mode);
    return mode === 'http' ? [...waits(one, 1), ...waits(many, AT_ONCE), ...rates] : rates;
  });
}

/** What was measured one right after the other. */
interface Measurement {
  readonly ours: Load;
  readonly bare: Load;
  /** For each click the milliseconds of one commit, by itself, of as many decisions as there are clicks at once. */
  readonly commits: readonly number[];
}

async function declareWithTask(file: string): Promise<void> {
  const journal = openSqliteJournal({ file, now: Date.now });
  const loop = createLoop(journal, Date.now);
  await loop.declare({ kind: 'backstop' }, (id) => [
    {
      type: 'incident.declared',
      data: {
        id,
        title: 'Checkout fails',
        summary: '',
        service: 'shop',
        environment: 'production',
      },
    },
    { type: 'task.added', data: { id: 'T1', kind: 'task', text: 'Call the payment provider' } },
  ]);
  await journal.close();
}

/** Takes the task once, as a person does who sees it, and returns what Slack sent. */
async function firstClick({ workspace, people }: SlackRig, mode: Mode, port: number) {
  if (mode === 'http') await workspace.deliverOverHttp(`http://127.0.0.1:${port}/slack/events`);
  const person = createPerson(workspace.slack, people[0] ?? '', { patienceMs: 20_000 });
  await person.click('I’ll take it');
  const click = workspace.deliveries.findLast(({ kind }) => kind === 'interaction');
  if (!click) throw new Error('No click was sent.');
  return click.payload;
}

function waits(found: readonly Measurement[], atOnce: number): readonly Measured[] {
  const figure = (share: number, times: number, limit: string, beside: string): Figure => ({
    name: `ack-p${share * 100}-${atOnce}-${beside}`,
    what: `click to acknowledgement over HTTP, ${atOnce} at once, p${share * 100}`,
    limit,
    unit: 'ms',
    target: { is: 'at most', times },
  });
  const at = (share: number, times: number): readonly Measured[] => [
    {
      figure: figure(share, times, LIMIT, 'at-once'),
      runs: found.map(({ ours, bare }) => ({
        ours: percentile(ours.waits, share),
        limit: percentile(bare.waits, share),
      })),
    },
    {
      figure: figure(share, times, BESIDE, 'beside-a-commit'),
      // Nobody can acknowledge what is durable before it is.
      runs: found.map(({ ours, bare, commits }) => ({
        ours: percentile(ours.waits, share),
        limit: percentile(
          bare.waits.map((wait, click) => wait + (commits[click] ?? 0)),
          share,
        ),
      })),
    },
  ];
  return [...at(0.5, 1.3), ...at(0.99, 1.5)];
}

function rate(found: readonly Measurement[], mode: Mode): readonly Measured[] {
  const figure: Figure = {
    name: `decisions-${mode}`,
    what: `decisions a second, durable before the acknowledgement, ${mode === 'http' ? 'HTTP' : 'Socket Mode'}`,
    limit: LIMIT,
    unit: '/s',
    target: { is: 'at least', times: 0.75 },
  };
  return [
    { figure, runs: found.map(({ ours, bare }) => ({ ours: ours.rate, limit: bare.rate })) },
    {
      figure: {
        ...figure,
        name: `decisions-${mode}-beside-commits`,
        what: 'the same, beside what being durable costs',
        limit: BESIDE,
      },
      runs: found.map(({ ours, bare, commits }) => ({
        ours: ours.rate,
        limit: 1000 / (1000 / bare.rate + spreadOf(commits).median / AT_ONCE),
      })),
    },
  ];
}
