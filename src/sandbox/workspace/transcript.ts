/** The story of a workspace as its people see it, written while it happens. */
import type { WorkspaceEvent } from './live.ts';
import { namesIn } from './render/names.ts';
import type { State } from './state.ts';
import { deedLines, noticeLines } from './transcript/deeds.ts';
import { createEdits } from './transcript/edits.ts';
import { createJoins } from './transcript/joins.ts';
import { paragraphOf } from './transcript/paragraph.ts';
import { createViews } from './transcript/views.ts';

/** What a transcript is made from; a Workspace is one. */
export interface Stage {
  readonly state: State;
  on(listener: (event: WorkspaceEvent) => void): () => void;
}

export interface Transcript {
  /** Writes what is held back: edits that may still be followed by others, and joins. */
  flush(): void;
  /** Flushes and listens no more. */
  close(): void;
}

export interface TranscriptOptions {
  /** How long (real time, ms) edits of a message are gathered after the last one; default 150. */
  readonly quietMs?: number;
  /** Columns; default 100. */
  readonly width?: number;
}

const QUIET_MS = 150;
const WIDTH = 100;
const STAMP = 10;

/**
 * Writes everything that happens from now on, a paragraph at a time, each with its UTC time by the workspace's clock.
 * Edits of one message that follow each other are written once, when a person acts, when it has been quiet for
 * `quietMs`, or at `flush`: only the lines that changed.
 */
export function createTranscript(
  stage: Stage,
  write: (text: string) => void,
  options: TranscriptOptions = {},
): Transcript {
  const names = namesIn(stage.state);
  const width = (options.width ?? WIDTH) - STAMP;
  const edits = createEdits();
  const joins = createJoins();
  const views = createViews();
  let timer: NodeJS.Timeout | undefined;

  const put = (at: number, lines: readonly string[]): void => {
    if (lines.length > 0) write(`${stamped(at, lines)}\n`);
  };
  const putJoins = (): void => {
    for (const { at, line } of joins.take()) put(at, [line]);
  };
  const flush = (): void => {
    clearTimeout(timer);
    putJoins();
    for (const { at, lines } of edits.take(names, width)) put(at, lines);
  };
  const hold = (): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, options.quietMs ?? QUIET_MS).unref();
  };

  const linesOf = (event: Exclude<WorkspaceEvent, { kind: 'edited' | 'member' }>) => {
    if (event.kind === 'modal' || event.kind === 'home') return views.lines(event, names, width);
    if (event.kind === 'person') return deedLines(event, names, width);
    if (event.kind === 'notice') return noticeLines(event, names, width);
    return paragraphOf(event, names, width);
  };
  const stop = stage.on((event) => {
    if (event.kind === 'edited') {
      edits.add(event);
      hold();
      return;
    }
    if (event.kind === 'member') {
      if (event.who.isBot && event.by === undefined) return;
      joins.add(event, names);
      hold();
      return;
    }
    if (event.kind === 'person') flush();
    const lines = linesOf(event);
    if (lines.length === 0) return;
    putJoins();
    if (event.kind === 'deleted') edits.forget(event.message.ts);
    if (event.kind === 'message' || event.kind === 'dm' || event.kind === 'ephemeral') {
      edits.shown(event.message.ts);
    }
    put(event.at, lines);
  });
  return {
    flush,
    close: () => {
      stop();
      flush();
    },
  };
}

function stamped(at: number, lines: readonly string[]): string {
  const time = new Date(at).toISOString().slice(11, 19);
  return lines
    .map((line, index) =>
      `${index === 0 ? time.padEnd(STAMP) : ' '.repeat(STAMP)}${line}`.trimEnd(),
    )
    .join('\n');
}
