import type { Postmortem } from '../../postmortem/postmortem.ts';
import { writeMarkdown } from './markdown.ts';

/** docs.slack.dev/reference/methods/conversations.canvases.create: 1 MiB of Markdown; room is left for what is said at its end. */
const LIMIT = 1_048_576 - 1_000;
/** docs.slack.dev/surfaces/canvases: cells of one table, the head among them. */
const CELLS = 300;

/** A canvas as Slack takes it, and words by which it is known for this incident's. */
export interface Canvas {
  readonly title: string;
  readonly markdown: string;
  readonly mark: string;
}

/**
 * The post-mortem as a canvas: the Markdown of the draft, in the subset that canvases know. A table that is too long for one
 * goes on in the next; what does not fit at all is left out from the timeline's end, and said.
 * @param channel the id of the incident's channel, to which it leads back.
 */
export function writeCanvas(postmortem: Postmortem, channel: string): Canvas {
  const back = `_Written by Backstop for_ ![](#${channel})_. The next export writes this canvas anew: what people add is better kept in the follow-ups, the timeline, or a copy._`;
  const [heading = '', ...rest] = writeMarkdown(postmortem).trimEnd().split('\n');
  const lines = inTables([heading, '', back, ...rest.filter((line) => !line.startsWith('<!-- '))]);
  return {
    title: heading.replace(/^# /, '').replaceAll('\\', '').slice(0, 250),
    markdown: fitted(lines),
    mark: `Post-mortem ${postmortem.id}`,
  };
}

/** Each table in parts of at most `CELLS`, with its head before each. */
function inTables(lines: readonly string[]): readonly string[] {
  const out: string[] = [];
  let head: readonly string[] = [];
  let rows = 0;
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith('|')) {
      head = [];
      out.push(line);
      continue;
    }
    if (head.length === 0) {
      head = lines.slice(index, index + 2);
      rows = 0;
    }
    const columns = (head[1]?.split('|').length ?? 3) - 2;
    if (rows > 2 && (rows - 1) * columns + columns > CELLS) {
      out.push('', ...head);
      rows = 2;
    }
    out.push(line);
    rows += 1;
  }
  return out;
}

function fitted(lines: readonly string[]): string {
  const whole = lines.join('\n');
  if (whole.length <= LIMIT) return whole;
  const kept = whole.slice(0, LIMIT);
  return `${kept.slice(0, kept.lastIndexOf('\n'))}\n\n_The rest does not fit into a canvas: read it in the HTML or Markdown of \`/postmortem\`._`;
}
