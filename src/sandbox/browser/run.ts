/** One life of the sandbox: a workspace with its people, a cloud with its shop, and the bot, which may die and come back. */

import { type Bot, type BotInput, createBot, type RunningBot } from '../bot.ts';
import type { ShopDatabase } from '../database/index.ts';
import { createStage, type Stage, type StageSettings } from '../stage.ts';
import { createViewer, type Viewer } from './seen.ts';
import { type ShopWatch, watchShop } from './shop-watch.ts';
import { type DatabaseSeen, lookAtDatabase } from './systems.ts';

const DATABASE_LOOK_MS = 2_000;

/** Starts the bot on the journal of that name, in a process of its own if it should be one. */
export type StartBot = (
  input: BotInput,
  where: { readonly journal: string; readonly ownProcess: boolean },
) => Promise<RunningBot>;

export type Happened =
  /** Something that people may see in Slack. */
  | { readonly what: 'slack' }
  /** Something beside Slack. */
  | { readonly what: 'world' }
  /** Everything is new. */
  | { readonly what: 'reset' }
  | { readonly what: 'notice'; readonly to: string; readonly text: string };

export type BotState = 'running' | 'stopped' | 'starting';

export interface Run {
  readonly stage: Stage;
  /** By the names of the people. */
  readonly viewers: ReadonlyMap<string, Viewer>;
  readonly watch: ShopWatch;
  readonly bot: Bot;
  readonly botState: BotState;
  /** Whether the bot is a process of its own, which can be killed. */
  readonly ownProcess: boolean;
  /** What was seen of the database last. */
  readonly database: DatabaseSeen;
  slackCutOff: boolean;
  azureSlow: boolean;
  end(): Promise<void>;
}

export interface RunOptions {
  /** The text of `manifest.yml`. */
  readonly manifest: string;
  readonly startBot: StartBot;
  /** What the clock shows first, epoch milliseconds; the present when the bot is a process of its own. */
  readonly start: number;
  /** The name of its journal. */
  readonly journal: string;
  readonly ownProcess: boolean;
  readonly settings?: StageSettings;
  readonly tell: (happened: Happened) => void;
}

/** Sets the stage; the bot is not started yet. */
export async function createRun(options: RunOptions): Promise<Run> {
  const { tell, journal, ownProcess } = options;
  const stage = await createStage(options.manifest, options.start, options.settings);
  const { workspace, cloud, people, clock, config, env } = stage;
  const viewers = new Map(
    Object.entries(people).map(([name, { id }]) => [name, createViewer(workspace.slack, id)]),
  );
  const watch = watchShop(
    cloud.shop.productionUrl,
    () => clock.now(),
    () => tell({ what: 'world' }),
  );
  const off = workspace.on((event) => {
    // Complaints stand in the form itself.
    if (event.kind === 'notice' && event.complaints === undefined) {
      tell({ what: 'notice', to: event.person.id, text: event.text });
    }
    tell({ what: 'slack' });
  });
  let database: DatabaseSeen = [];
  const looking = watchDatabase(stage.database, (seen) => {
    database = seen;
    tell({ what: 'world' });
  });
  // Whoever sets the stage starts it next.
  let botState: BotState = 'starting';
  const setState = (next: BotState): void => {
    botState = next;
    tell({ what: 'world' });
  };
  const startBot = (input: BotInput): Promise<RunningBot> =>
    options.startBot(input, { journal, ownProcess });
  const bot = told(createBot({ config, env, clock }, startBot), setState);

  return {
    stage,
    viewers,
    watch,
    bot,
    get botState() {
      return botState;
    },
    ownProcess,
    get database() {
      return database;
    },
    slackCutOff: false,
    azureSlow: false,
    async end() {
      off();
      watch.stop();
      clearInterval(looking);
      workspace.faults.clear();
      await bot.stop();
      await stage.close();
    },
  };
}

/** Looks every other second; while a database is exchanged, what was seen last stands. */
function watchDatabase(
  data: ShopDatabase | undefined,
  see: (seen: DatabaseSeen) => void,
): NodeJS.Timeout | undefined {
  if (!data) return undefined;
  const look = (): void => {
    lookAtDatabase(data).then(see, () => undefined);
  };
  look();
  return setInterval(look, DATABASE_LOOK_MS);
}

/** The same bot, which says how it is. */
function told(bot: Bot, setState: (state: BotState) => void): Bot {
  return {
    async start() {
      setState('starting');
      try {
        await bot.start();
        setState('running');
      } catch (error) {
        setState('stopped');
        throw error;
      }
    },
    async stop() {
      await bot.stop();
      setState('stopped');
    },
    async kill() {
      await bot.kill();
      setState('stopped');
    },
  };
}
