/** The page's own files, and the files people share. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FileRecord } from '../workspace/model.ts';
import type { Slack } from '../workspace/slack.ts';
import { canSee } from '../workspace/state.ts';
import type { Viewer } from './seen.ts';

/** What the page is made of: nothing else is served, whatever the path says. */
const PAGE_FILES: Readonly<Record<string, { readonly name: string; readonly type: string }>> = {
  '/': { name: 'index.html', type: 'text/html; charset=utf-8' },
  '/main.js': { name: 'main.js', type: 'text/javascript; charset=utf-8' },
  '/main.css': { name: 'main.css', type: 'text/css; charset=utf-8' },
};

export interface Served {
  readonly type: string;
  readonly content: Buffer;
}

/** A file of the page, read from the folder it was built into; undefined when the page has none at that path. */
export function pageFile(folder: string, path: string): Served | undefined {
  const file = PAGE_FILES[path];
  return file && { type: file.type, content: readFileSync(join(folder, file.name)) };
}

/** A file that was shared where the person can see it. */
export function sharedFile(slack: Slack, { self }: Viewer, id: string): FileRecord | undefined {
  const file = slack.state.files.get(id);
  if (!file?.completed || !file.content) return undefined;
  const isVisible = file.shares.some(({ channel: channelId }) => {
    const channel = slack.state.channels.get(channelId);
    return channel !== undefined && canSee(channel, self.screen.user);
  });
  return isVisible ? file : undefined;
}
