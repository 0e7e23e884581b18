/** Who reads the page, and what everybody is called. Given to everything that shows text. */

import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { PersonInfo, Setting } from '../browser/protocol.ts';
import type { PageState } from './state.ts';
import type { Store } from './store.ts';

export interface Reader {
  readonly store: Store;
  readonly setting: Setting;
  readonly me: PersonInfo;
  readonly person: (id: string) => PersonInfo | undefined;
  readonly groupHandle: (id: string) => string;
  readonly channelName: (id: string) => string | undefined;
  /** Whether the reader is called by this group. */
  readonly isIn: (groupId: string) => boolean;
  readonly openChannel: (id: string) => void;
  readonly openThread: (channel: string, ts: string) => void;
}

export const ReaderContext = createContext<Reader | undefined>(undefined);

/** The reader of the page around this component. */
export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error('There is no reader around this component.');
  return reader;
}

/** What everybody is called for the person who reads; undefined before the server has said. */
export function createReader(
  store: Store,
  setting: Setting,
  state: () => PageState,
  go: Pick<Reader, 'openChannel' | 'openThread'>,
): Reader | undefined {
  const people = new Map(setting.people.map((person) => [person.id, person]));
  const groups = new Map(setting.groups.map((group) => [group.id, group]));
  const me = people.get(setting.me);
  return (
    me && {
      store,
      setting,
      me,
      person: (id) => people.get(id),
      groupHandle: (id) => groups.get(id)?.handle ?? id,
      channelName: (id) => state().channels.get(id)?.info.name,
      isIn: (id) => groups.get(id)?.members.includes(me.id) ?? false,
      ...go,
    }
  );
}
