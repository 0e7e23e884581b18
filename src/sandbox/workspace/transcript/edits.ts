/** Edits that are held back, so that several of one message become one. */
import type { WorkspaceEvent } from '../live.ts';
import type { Message } from '../model.ts';
import { renderMessage } from '../render/message.ts';
import type { Names } from '../render/names.ts';
import { changedLines } from './changes.ts';
import { INDENT, type Paragraph } from './paragraph.ts';
import { headOf } from './words.ts';

type Edited = Extract<WorkspaceEvent, { kind: 'edited' }>;

export interface Edits {
  /** Notes that the reader has seen the message with that ts. */
  shown(ts: string): void;
  add(event: Edited): void;
  /** Drops the edits of a message that is gone. */
  forget(ts: string): void;
  /** What was added since the last time: the changed lines, or the whole message when it was not shown before. */
  take(names: Names, width: number): readonly Paragraph[];
}

interface Held {
  readonly first: Message;
  last: Edited;
}

/** No edits yet, and no message shown. */
export function createEdits(): Edits {
  const held = new Map<string, Held>();
  const known = new Set<string>();
  return {
    shown: (ts) => known.add(ts),
    add: (event) => {
      const { ts } = event.message;
      const entry = held.get(ts);
      if (entry) entry.last = event;
      else held.set(ts, { first: event.previous, last: event });
    },
    forget: (ts) => held.delete(ts),
    take: (names, width) => {
      const taken = [...held.values()];
      held.clear();
      return taken.map(({ first, last }) => {
        const { ts } = last.message;
        const before = known.has(ts) ? first : undefined;
        known.add(ts);
        return { at: last.at, lines: linesOf(before, last, names, width) };
      });
    },
  };
}

function linesOf(
  before: Message | undefined,
  { message, ...event }: Edited,
  names: Names,
  width: number,
): readonly string[] {
  const layout = { width, indent: INDENT, now: event.at };
  const lines = (of: Message): readonly string[] => renderMessage(of, names, layout).split('\n');
  const changed = changedLines(before ? lines(before) : [], lines(message));
  return changed.length === 0
    ? []
    : [`${headOf({ ...event, message }, names)}  (edited)`, ...changed];
}
