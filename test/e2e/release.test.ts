/** Coordinated releases in Slack, in this process. */

import { describe, expect, it } from 'vitest';
import { coordinatedReleaseRolledBack } from '../../src/sandbox/stories/coordinated-release-rolled-back.ts';
import { noCloneLeft } from '../../src/sandbox/stories/no-clone-left.ts';
import type { Story } from '../../src/sandbox/stories/story.ts';
import { aBot } from '../support/a-bot.ts';

function tell(story: Story) {
  return async (test: Parameters<typeof aBot>[0]): Promise<void> => {
    const bot = await aBot(test, { settings: story.settings });
    const kill = (): Promise<void> => Promise.reject(new Error('It is no process of its own.'));
    try {
    await story.play(bot.stage, () => undefined, { ...bot, kill });
    } catch (e) { console.log(bot.logged); for (const c of bot.stage.workspace.state.channels.values()) for (const m of c.messages) console.log(c.name, '|', JSON.stringify(m.message ?? m).slice(0,1500)); throw e }
    expect(bot.logged).toEqual([]);
    expect(bot.verify().ok).toBe(true);
  };
}

describe('a coordinated release', () => {
  it('goes back with its content', { timeout: 90_000 }, tell(coordinatedReleaseRolledBack));
  it('makes room for its clone', { timeout: 90_000 }, tell(noCloneLeft));
});
