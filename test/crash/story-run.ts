/** One story, told to a bot that is killed once, and what came of it. */

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import Database from 'better-sqlite3';
import type { Bot } from '../../src/sandbox/bot.ts';
import { createStage, type Stage } from '../../src/sandbox/stage.ts';
import type { Story } from '../../src/sandbox/stories/story.ts';
import type { BotSettings } from './bot.ts';
import type { Bots } from './bot-process.ts';
import { createFastClock } from './fast-clock.ts';
import { type FinalState, finalState } from './final-state.ts';
import { type Act, patient } from './patient-person.ts';
import type { Happening, Point } from './points.ts';
import { killAtCall, watchCalls } from './watch-stage.ts';

export interface Outcome {
  /** How often the process was killed: 0 when the run did not come by the point. */
  readonly deaths: number;
  readonly state: FinalState | undefined;
  readonly acts: readonly Act[];
  readonly answers: readonly boolean[];
  /** What the bot said about itself that it should not have to say. */
  readonly complaints: readonly string[];
  /** Why the story did not go to its end. */
  readonly failure: string | undefined;
  readonly happenings: readonly Happening[];
}

const MANIFEST = readFileSync(resolve(import.meta.dirname, '../../manifest.yml'), 'utf8');
/** A kill takes nothing from a file that was written, so that the disk need not be waited for. */
const QUICK = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
const START = Date.UTC(2026, 10, 21, 3, 7);
const SPEED = 20;
const MAIL_MS = 2_000;
const ACK_TIMEOUT_MS = 1_000;
const LAST_EDITS_MS = 250;
/** Real milliseconds in which a bot that was killed near the end must have shown it. */
const LAST_EDITS_LIMIT_MS = 10_000;

/** What a run that nobody disturbed has shown: what to expect of one that is. */
export interface Expected {
  readonly state: FinalState | undefined;
  /** Which acts are decisions, by their number. */
  readonly decisions: readonly boolean[];
  /** Which looks found an answer to that person alone. */
  readonly answers: readonly boolean[];
}

/** These wait for a verification to fail. */
const NOT_RECOVERED = new Set(['still-broken', 'halted-then-undone']);

/** The verification must outlast a restart, on the fast clock too; where it has to fail, not by much. */
function limitOf(story: Story): string {
  return NOT_RECOVERED.has(story.name) ? '2m' : '15m';
}

/** These stories leave the bot alone; the test kills it. */
const LEFT_ALONE: Bot = {
  start: () => Promise.resolve(),
  stop: () => Promise.resolve(),
  kill: () => Promise.reject(new Error('The test kills the bot, not the story.')),
};

export async function tellStory(
  story: Story,
  bots: Bots,
  point: Point | undefined,
  expected: Expected,
): Promise<Outcome> {
  const folder = mkdtempSync(join(QUICK, 'backstop-crash-'));
  const journal = join(folder, 'journal.db');
  const clock = createFastClock({ start: START, realStart: Date.now(), speed: 1, moved: 0 });
  const began = Date.now();
  const stage = await createStage(MANIFEST, START, {
    ...story.settings,
    clock: { ...clock, advance },
    // People open a modal within three seconds of their click; those stay as long as they are.
    slackClock: { now: () => START + Date.now() - began + clock.settings().moved },
    ackTimeoutMs: ACK_TIMEOUT_MS,
  });
  // An export job must outlast a restart, on the fast clock too.
  stage.cloud.worker.mailMs = MAIL_MS;
  const config = stage.config.replace('limit: 20s', `limit: ${limitOf(story)}`);
  const calls = watchCalls(stage);
  const settings = (deaths: number): BotSettings => {
    clock.goAt(1);
    return {
      config,
      env: stage.env,
      journal,
      clock: clock.settings(),
      speed: SPEED,
      killAt: deaths === 0 && isOfTheBot(point) ? point : undefined,
    };
  };
  const bot = bots.start(settings, (pace) => clock.follow(pace));
  const disarm =
    point?.kind === 'call' ? killAtCall(stage, point, () => bot.kill()) : () => undefined;
  const timers =
    point?.kind === 'moments' ? point.at.map((ms) => setTimeout(() => bot.kill(), ms)) : [];
  const acts: Act[] = [];
  const answers: boolean[] = [];
  const isExpected = (found: FinalState): boolean =>
    expected.state === undefined || isDeepStrictEqual(found, expected.state);
  let failure: string | undefined;
  let state: FinalState | undefined;

  function advance(ms: number): void {
    clock.advance(ms);
    bot.advance(ms);
  }

  try {
    const around = {
      bot,
      acts,
      answers,
      isDecision: (act: number) => expected.decisions[act] ?? false,
      isAnswer: (look: number) => expected.answers[look] ?? false,
      isRecorded: (id: string) => isRecorded(journal, id),
    };
    const people = Object.fromEntries(
      Object.entries(stage.people).map(([name, person]) => [
        name,
        patient(person, { ...around, stage }),
      ]),
    ) as unknown as Stage['people'];
    await story.play({ ...stage, people }, () => undefined, LEFT_ALONE);
    const end = Date.now() + LAST_EDITS_LIMIT_MS;
    do {
      await bot.up();
      await stage.workspace.settled(LAST_EDITS_MS);
      state = await finalState(stage, journal);
    } while (!isExpected(state) && Date.now() < end);
  } catch (error) {
    failure = error instanceof Error ? error.message : String(error);
  }
  disarm();
  timers.forEach(clearTimeout);
  const happenings = [
    ...bot.commits.map((commit) => ({ kind: 'commit' as const, ...commit })),
    ...bot.ran.map((each) => ({ kind: 'command' as const, ...each })),
    ...acts.flatMap(({ ackedAt }) =>
      ackedAt === undefined ? [] : [{ kind: 'ack' as const, at: ackedAt }],
    ),
    ...calls(),
  ];
  await bot.stop();
  await stage.close();
  rmSync(folder, { recursive: true, force: true });
  const { complaints } = bot;
  return { deaths: bot.deaths(), state, acts, answers, complaints, failure, happenings };
}

/** Where the process kills itself. */
function isOfTheBot(
  point: Point | undefined,
): point is Extract<Point, { readonly kind: 'commit' | 'command' }> {
  return point?.kind === 'commit' || point?.kind === 'command';
}

function isRecorded(file: string, delivery: string): boolean {
  const db = new Database(file, { readonly: true });
  try {
    return db.prepare('SELECT 1 FROM deliveries WHERE id = ?').get(delivery) !== undefined;
  } finally {
    db.close();
  }
}
