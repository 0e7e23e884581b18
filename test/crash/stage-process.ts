/** The stage in a process of its own: tells one story after the other to the bot, and reports what came of each. */

import { ALL_STORIES } from '../../src/sandbox/stories/index.ts';
import { createBots } from './bot-process.ts';
import type { Point } from './points.ts';
import { type Expected, type Outcome, tellStory } from './story-run.ts';

export interface ToldToTell {
  readonly story: string;
  readonly point: Point | undefined;
  readonly expected: Expected;
}

export type FromStage = { readonly outcome: Outcome } | { readonly broken: string };

const [load = '', bot = ''] = process.argv.slice(3);
const bots = createBots({ load, bot });

async function tell({ story: name, point, expected }: ToldToTell): Promise<Outcome> {
  const story = ALL_STORIES.find((each) => each.name === name);
  if (!story) throw new Error(`There is no story ${name}.`);
  return tellStory(story, bots, point, expected);
}

process.on('disconnect', () => {
  bots.close();
  process.exit();
});
process.on('message', (message: ToldToTell | object) => {
  if (!('story' in message)) return;
  const report = (answer: FromStage): boolean | undefined => process.send?.(answer);
  tell(message).then(
    (outcome) => report({ outcome }),
    (error: unknown) => report({ broken: error instanceof Error ? error.message : String(error) }),
  );
});
