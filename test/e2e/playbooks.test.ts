/** Every playbook that is shipped, from the declaration to the resolution. */

import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SHIPPED_PLAYBOOKS } from '../../src/config/playbooks.ts';
import { PLAYBOOK_STORIES } from '../../src/sandbox/stories/playbooks/index.ts';
import { aBot } from '../support/a-bot.ts';
import { comparedToRecording } from '../support/recorded-stories.ts';

describe('the stories of playbooks', () => {
  it('are one for each that is shipped', () => {
    const files = readdirSync(SHIPPED_PLAYBOOKS).map((file) => file.replace('.yaml', ''));

    expect(PLAYBOOK_STORIES.map(({ name }) => name).sort()).toEqual(files.sort());
  });
});

describe.concurrent('told', () => {
  it.for(PLAYBOOK_STORIES)('$name', { timeout: 90_000 }, async (story, test) => {
    const bot = await aBot(test);

    await story.play(bot.stage, () => undefined, { ...bot, kill: async () => undefined });
    await bot.stage.workspace.settled(300);

    expect(bot.logged).toEqual([]);
    expect(bot.fatal).toEqual([]);
    const { playbooks, status } = bot.incident();
    expect(playbooks.map(({ playbook, ended }) => [playbook.name, ended?.how])).toEqual([
      [story.name, 'finished'],
    ]);
    expect(status).toBe('resolved');
    expect(bot.verify().ok).toBe(true);
    const told = comparedToRecording(story.name, bot.journalFile);
    expect(told?.played).toEqual(told?.recorded);
  });
});
