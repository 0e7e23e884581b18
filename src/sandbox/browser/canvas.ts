/** A channel's canvas as a page of its own, shown beside the messages. */

import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import type { CanvasRecord } from '../workspace/model.ts';
import type { Slack } from '../workspace/slack.ts';
import { canSee } from '../workspace/state.ts';
import type { Viewer } from './seen.ts';

/** The canvas as HTML, without a script in it; undefined when the person sees no such canvas. */
export function canvasPage(slack: Slack, { self }: Viewer, id: string): string | undefined {
  const channel = [...slack.state.channels.values()].find(({ canvas }) => canvas?.id === id);
  if (!channel?.canvas || !canSee(channel, self.screen.user)) return undefined;
  return pageOf(channel.canvas, withNames(slack, channel.canvas.markdown));
}

function pageOf({ title }: CanvasRecord, markdown: string): string {
  // Raw HTML and dangerous links are left out by micromark unless told otherwise.
  const body = micromark(markdown, { extensions: [gfm()], htmlExtensions: [gfmHtml()] });
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1"><base target="_blank">',
    `<title>${escaped(title)}</title><link rel="stylesheet" href="/main.css">`,
    `<body class="canvas"><main>${body}</main>`,
  ].join('\n');
}

/** `![](@U0ANA)` and `![](#C0INC)` are mentions (docs.slack.dev/surfaces/canvases). */
function withNames({ state }: Slack, markdown: string): string {
  return markdown.replaceAll(/!\[\]\(([@#])(\w+)\)/g, (as, kind: string, id: string) => {
    const name = kind === '@' ? state.users.get(id)?.realName : state.channels.get(id)?.name;
    return name === undefined ? as : `**${kind}${name}**`;
  });
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
