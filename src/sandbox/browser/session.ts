/** The sandbox behind the page: one run at a time, what can be done to its world, and who is told. */

import { azureFaults, warmUpFailure } from '../cloud/index.ts';
import type { StageSettings } from '../stage.ts';
import { ALL_STORIES } from '../stories/index.ts';
import type { Story } from '../stories/story.ts';
import type { Deed, Pace, Reply, Setting, World } from './protocol.ts';
import { createRun, type Happened, type Run, type StartBot } from './run.ts';
import { settingOf } from './setting.ts';
import { shipBadRelease } from './ship.ts';
import { buy } from './shop-watch.ts';
import { playStory, type StoryPlayer } from './story-player.ts';
import { worldOf } from './world.ts';

export interface Session {
  readonly run: Run;
  world(): World;
  setting(person: string): Setting;
  /** Does something to the world. Refusals and failures are in the reply. */
  do(deed: Deed): Promise<Reply>;
  /** Has every page look again at what its person sees. */
  lookAgain(): void;
  /** Calls the listener with what happens; the result ends that. */
  on(listener: (happened: Happened) => void): () => void;
  end(): Promise<void>;
}

export interface SessionOptions {
  /** The text of `manifest.yml`. */
  readonly manifest: string;
  readonly startBot: StartBot;
  /** What the clock of a story shows first, epoch milliseconds. */
  readonly storyStart: number;
}

/** All that a coordinated release is about. */
const EVERYTHING: StageSettings = { content: {}, worker: true, flags: true };

/** An export that takes a minute. */
const EXPORT_MAILS = 30;
const EXPORT_MAIL_MS = 2_000;

/** Azure on a bad day: every answer this late, and swaps ten times as long. */
const SLOW_ANSWER_MS = 1_500;
const SWAP_MS = 3_000;
const SLOW_SWAP_MS = 30_000;
const SWAP = 'POST slotsswap';

/** Starts a sandbox that runs in real time, with its bot. @throws Error when the bot does not start. */
export async function createSession(options: SessionOptions): Promise<Session> {
  const listeners = new Set<(happened: Happened) => void>();
  const tell = (happened: Happened): void => {
    for (const listener of listeners) listener(happened);
  };
  let runs = 0;
  let player: StoryPlayer | undefined;
  const begin = (story?: Story, settings = story?.settings): Promise<Run> => {
    runs += 1;
    const ownProcess = story === undefined || story.ownProcess === true;
    return createRun({
      manifest: options.manifest,
      startBot: options.startBot,
      start: ownProcess ? Date.now() : options.storyStart,
      journal: `journal-${runs}.db`,
      ownProcess,
      ...(settings ? { settings } : {}),
      tell,
    });
  };
  let run = await begin();
  await startBot(run);

  /** A new run takes the place of the old one. */
  async function startOver(story?: Story, settings?: StageSettings): Promise<void> {
    player?.stop();
    player = undefined;
    const old = run;
    run = await begin(story, settings);
    tell({ what: 'reset' });
    await old.end();
    await run.bot.start();
  }

  async function play(name: string, pace: Pace): Promise<Reply> {
    const story = ALL_STORIES.find((entry) => entry.name === name);
    if (!story) return { ok: false, words: `There is no story ${name}.` };
    await startOver(story);
    player = playStory(story, run, pace, () => {
      tell({ what: 'slack' });
      tell({ what: 'world' });
    });
    return { ok: true };
  }

  async function carryOut(deed: Deed): Promise<Reply> {
    const { cloud, workspace, world } = run.stage;
    switch (deed.deed) {
      case 'ship-bad-release': {
        const { version } = shipBadRelease(cloud, world);
        return { ok: true, words: `Cleo shipped ${version}. Its checkout fails.` };
      }
      case 'stop-bot':
        if (!run.ownProcess) {
          await run.bot.stop();
          return { ok: true, words: 'The bot has stopped.' };
        }
        await run.bot.kill();
        return { ok: true, words: 'The bot was killed. What it knows is in its journal.' };
      case 'start-bot':
        if (run.slackCutOff) {
          return { ok: false, words: 'The bot does not find Slack. Reconnect Slack first.' };
        }
        await run.bot.start();
        return { ok: true, words: 'The bot is back, and goes on where it was.' };
      case 'cut-slack':
        run.slackCutOff = deed.on;
        workspace.faults.unreachable(deed.on);
        return { ok: true };
      case 'slow-azure':
        setAzureSlow(run, deed.on);
        return { ok: true };
      case 'fail-next-swap':
        failNextSwap(run, deed.on);
        return { ok: true };
      case 'buy':
        return { ok: true, words: await buy(cloud.shop.productionUrl) };
      case 'start-export-job':
        return { ok: true, words: startExportJob(run) };
      case 'start-over':
        await startOver(undefined, deed.around === 'everything' ? EVERYTHING : undefined);
        return { ok: true };
      case 'play':
        return play(deed.story, deed.pace);
      case 'pace':
        player?.setPace(deed.pace);
        return { ok: true };
      case 'next-step':
        player?.next();
        return { ok: true };
    }
  }

  return {
    get run() {
      return run;
    },
    world: () => worldOf(run, player?.progress),
    setting: (person) => settingOf(run, person),
    async do(deed) {
      try {
        return await carryOut(deed);
      } catch (error) {
        return { ok: false, words: error instanceof Error ? error.message : String(error) };
      } finally {
        tell({ what: 'world' });
      }
    },
    lookAgain: () => tell({ what: 'slack' }),
    on(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async end() {
      player?.stop();
      await run.end();
    },
  };
}

/** @throws Error where the run has no worker, or its queue is paused. */
function startExportJob({ stage }: Run): string {
  const { worker } = stage.cloud;
  if (!stage.worker) throw new Error('This shop has no worker. Start over with everything.');
  if (worker.pausedBy !== undefined) {
    throw new Error(`The queue is paused by ${worker.pausedBy}; no job begins.`);
  }
  worker.mailMs = EXPORT_MAIL_MS;
  const recipients = Array.from({ length: EXPORT_MAILS }, (_, n) => `customer-${n + 1}`);
  const id = String(worker.mails.length + stage.clock.now());
  worker.startMailJob({ id, name: 'ExportMailJob', recipients });
  return `An export job mails ${EXPORT_MAILS} customers. A rollback has to wait for it.`;
}

/** Ends the run that could not get its bot, so that nothing is left open. */
async function startBot(run: Run): Promise<void> {
  try {
    await run.bot.start();
  } catch (error) {
    await run.end();
    throw error;
  }
}

function setAzureSlow(run: Run, on: boolean): void {
  const { azure } = run.stage.cloud;
  run.azureSlow = on;
  azure.swapMs = on ? SLOW_SWAP_MS : SWAP_MS;
  for (const armed of azure.faults.active) if (armed.fault.kind === 'delay') armed.remove();
  if (!on) return;
  for (const method of ['GET', 'POST']) {
    azure.faults.add({
      on: `${method} *`,
      fault: { kind: 'delay', ms: SLOW_ANSWER_MS },
      times: Number.POSITIVE_INFINITY,
    });
  }
}

/** Faults strike in the order they were armed, and one for each request: a slow Azure must come after this one. */
function failNextSwap(run: Run, on: boolean): void {
  const { azure } = run.stage.cloud;
  const { app, slot } = run.stage.world;
  for (const armed of azure.faults.active) if (armed.on === SWAP) armed.remove();
  if (on) azure.faults.add({ on: SWAP, fault: azureFaults.swapFails(warmUpFailure(app, slot)) });
  setAzureSlow(run, run.azureSlow);
}
