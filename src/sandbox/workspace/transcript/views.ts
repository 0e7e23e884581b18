/** Modals and home tabs: whole when they appear, afterwards only what changed. */
import type { WorkspaceEvent } from '../live.ts';
import type { Names } from '../render/names.ts';
import { renderView } from '../render/view.ts';
import { changedLines } from './changes.ts';
import { INDENT } from './paragraph.ts';

type ViewEvent = Extract<WorkspaceEvent, { kind: 'modal' | 'home' }>;

export interface Views {
  /** The lines for a view that was shown, changed or closed. */
  lines(event: ViewEvent, names: Names, width: number): readonly string[];
}

/** No view shown yet. */
export function createViews(): Views {
  const shown = new Map<string, readonly string[]>();
  return {
    lines: (event, names, width) => {
      const { view, person } = event;
      if (event.kind === 'modal' && event.how === 'closed') {
        shown.delete(view.id);
        return [];
      }
      const layout = { width, indent: INDENT, now: event.at };
      const lines = renderView(view, names, {}, layout).split('\n');
      const before = shown.get(view.id);
      shown.set(view.id, lines);
      const changed = before ? changedLines(before, lines) : lines;
      const what = event.kind === 'home' ? 'their home tab' : 'a modal';
      const head = `${names.user(person.id)} sees ${what}${before ? '  (changed)' : ''}`;
      return changed.length === 0 ? [] : [head, ...changed];
    },
  };
}
