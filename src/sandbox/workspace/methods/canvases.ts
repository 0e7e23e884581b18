/** canvases.* and the canvas of a channel (docs.slack.dev/surfaces/canvases). */
import { asList, asObject, asText, type Json } from '../json.ts';
import { where, who } from '../live.ts';
import { type CanvasRecord, type ChannelRecord, SlackError } from '../model.ts';
import type { Slack } from '../slack.ts';
import { invalid, object, required, text } from './args.ts';
import { activeChannel, findChannel } from './find.ts';
import type { Methods } from './method.ts';

/** docs.slack.dev/reference/methods/conversations.canvases.create: 1 MiB of Markdown. */
const MARKDOWN_LIMIT = 1_048_576;
/** docs.slack.dev/surfaces/canvases: cells of one table. */
const CELLS_LIMIT = 300;

export const canvasMethods: Methods = {
  'conversations.canvases.create': (slack, args) => {
    const channel = activeChannel(slack, args, 'channel_id');
    if (channel.canvas) throw new SlackError('channel_canvas_already_exists');
    const canvas = {
      id: slack.state.newId('F'),
      title: text(args, 'title') ?? 'Untitled',
      markdown: contentOf(object(args, 'document_content'), 'canvas_creation_failed'),
    };
    channel.canvas = canvas;
    tellOf(slack, channel, canvas);
    return { canvas_id: canvas.id };
  },

  'canvases.edit': (slack, args) => {
    const { canvas, channel } = theCanvas(slack, args);
    const changes = asList(args['changes']);
    if (changes.length === 0) throw invalid('missing required field: changes');
    for (const each of changes) {
      const change = asObject(each) ?? {};
      const markdown = (): string =>
        contentOf(asObject(change['document_content']), 'canvas_editing_failed');
      const operation = asText(change['operation']);
      if (change['section_id'] !== undefined) throw new SlackError('canvas_editing_failed');
      if (operation === 'replace') canvas.markdown = markdown();
      else if (operation === 'insert_at_end')
        canvas.markdown = `${canvas.markdown}\n\n${markdown()}`;
      else if (operation === 'insert_at_start')
        canvas.markdown = `${markdown()}\n\n${canvas.markdown}`;
      else throw new SlackError('canvas_editing_failed');
    }
    tellOf(slack, channel, canvas);
    return {};
  },

  'canvases.sections.lookup': (slack, args) => {
    const { canvas } = theCanvas(slack, args);
    const criteria = object(args, 'criteria') ?? {};
    const contains = asText(criteria['contains_text']) ?? '';
    const blocks = canvas.markdown.split(/\n{2,}/);
    return {
      sections: blocks.flatMap((block, index) =>
        block.includes(contains) ? [{ id: `temp:C:${canvas.id}${index}` }] : [],
      ),
    };
  },
};

function theCanvas(
  slack: Slack,
  args: Json,
): { readonly canvas: CanvasRecord; readonly channel: ChannelRecord } {
  const id = required(args, 'canvas_id', 'canvas_not_found');
  for (const { id: each } of slack.state.channels.values()) {
    const channel = findChannel(slack, each);
    if (channel?.canvas?.id === id) return { channel, canvas: channel.canvas };
  }
  throw new SlackError('canvas_not_found');
}

function contentOf(content: Json | undefined, code: string): string {
  if (!content) return '';
  const markdown = asText(content['markdown']);
  if (content['type'] !== 'markdown' || markdown === undefined) throw new SlackError(code);
  if (markdown.length > MARKDOWN_LIMIT || tablesOf(markdown).some((cells) => cells > CELLS_LIMIT)) {
    throw new SlackError(code);
  }
  return markdown;
}

/** How many cells each table has. */
function tablesOf(markdown: string): readonly number[] {
  const tables = markdown.match(/(?:^\|.*\|$\n?)+/gm) ?? [];
  return tables.map((table) => {
    const rows = table.trim().split('\n');
    const columns = (rows[1] ?? '').split('|').length - 2;
    return columns * (rows.length - 1);
  });
}

function tellOf(slack: Slack, channel: ChannelRecord, canvas: CanvasRecord): void {
  slack.tell({
    kind: 'file',
    channel: where(slack.state, channel),
    by: who(slack.state, slack.state.botUserId),
    file: { id: canvas.id, name: 'canvas', title: canvas.title },
  });
}
