/** Joins and leaves that follow each other, in one line. */
import type { WorkspaceEvent } from '../live.ts';
import type { Names } from '../render/names.ts';
import { enumerated, placeName } from './words.ts';

export interface Joins {
  add(event: Extract<WorkspaceEvent, { kind: 'member' }>, names: Names): void;
  /** The lines for what was added since the last time. */
  take(): readonly { readonly at: number; readonly line: string }[];
}

interface Group {
  readonly at: number;
  readonly place: string;
  readonly how: 'joined' | 'left';
  readonly people: string[];
}

/** No joins yet. */
export function createJoins(): Joins {
  let groups: Group[] = [];
  return {
    add: (event, names) => {
      const place = placeName(event.channel, names);
      const name = names.user(event.who.id);
      const group = groups.find((entry) => entry.place === place && entry.how === event.how);
      if (group) group.people.push(name);
      else groups.push({ at: event.at, place, how: event.how, people: [name] });
    },
    take: () => {
      const taken = groups;
      groups = [];
      return taken.map(({ at, place, how, people }) => ({
        at,
        line: `${place}  ${enumerated(people)} ${how}`,
      }));
    },
  };
}
