/** Who is who in the workspace, for the page. */

import { ALL_STORIES } from '../stories/index.ts';
import { PLAYBOOK_STORIES } from '../stories/playbooks/index.ts';
import type { Setting } from './protocol.ts';
import type { Run } from './run.ts';

const ROLES: Readonly<Record<string, string>> = {
  ana: 'on call',
  ben: 'commander, approves',
  cleo: 'communications, releases',
  dee: 'stakeholder, another team',
};

/** What stays as it is for the person of that name while the run lasts. */
export function settingOf({ stage, viewers }: Run, person: string): Setting {
  const { state } = stage.workspace;
  return {
    now: stage.clock.now(),
    me: viewers.get(person)?.self.id ?? '',
    botId: state.botUserId,
    people: [...state.users.values()].map(({ id, name, realName, tz, isBot }) => {
      const role = ROLES[name];
      return { id, name, realName, tz, isBot, ...(role === undefined ? {} : { role }) };
    }),
    groups: [...state.groups.values()].map(({ id, handle, members }) => ({
      id,
      handle,
      members: [...members],
    })),
    commands: state.manifest.commands.map(({ command, description, usageHint }) => ({
      command,
      description,
      usageHint,
    })),
    shortcuts: [...state.manifest.shortcuts],
    hasHome: state.manifest.homeTab,
    stories: ALL_STORIES.map((story) => {
      const { name, about, ends } = story;
      const lacks = story.missing?.();
      const isPlaybook = PLAYBOOK_STORIES.includes(story);
      return { name, about, ends, isPlaybook, ...(lacks === undefined ? {} : { missing: lacks }) };
    }),
  };
}
