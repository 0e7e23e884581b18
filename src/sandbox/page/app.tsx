/** The page: channels at the left, a conversation in the middle, the world at the right; one of them on a phone. */

import { useEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { Announcer } from './announcer.tsx';
import { Conversation } from './conversation.tsx';
import { useFollow } from './follow.ts';
import { HOME, HomePane } from './home.tsx';
import { Modal } from './modal.tsx';
import { callCount, Notifications } from './notifications.tsx';
import { createReader, ReaderContext } from './reader.ts';
import { Sidebar } from './sidebar.tsx';
import type { Channel, PageState } from './state.ts';
import { connect, type Store } from './store.ts';
import { StoryBar } from './stories.tsx';
import { HintStrip, OutageStrip, SHUT_OUT, Toasts } from './strips.tsx';
import { ThreadPane } from './thread.tsx';
import { WorldPane } from './world.tsx';

type Pane = 'channels' | 'conversation' | 'world';

const PANES: readonly { readonly pane: Pane; readonly words: string }[] = [
  { pane: 'channels', words: 'Channels' },
  { pane: 'conversation', words: 'Messages' },
  { pane: 'world', words: 'World' },
];

/** Who one is and what is open stands in the address, so that a reload changes nothing. */
export function App() {
  const address = new URLSearchParams(location.search);
  const [person, setPerson] = useState(address.get('as') ?? 'ana');
  const [wanted, setWanted] = useState(address.get('in') ?? '');
  const [thread, setThread] = useState(() => threadAt(address.get('thread')));
  const [pane, setPane] = useState<Pane>('conversation');
  const store = useStore(person);
  const { state } = store;
  const [isFollowing, setFollowing] = useFollow(state, {
    isFollowing: !address.has('stay'),
    become,
    open: setWanted,
  });
  const channel = wanted === HOME ? undefined : openChannel(state, wanted);
  const open = wanted === HOME ? HOME : channel?.info.id;
  const calls = callCount(state);
  useEffect(() => {
    const open = thread ? { thread: `${thread.channel}/${thread.ts}` } : {};
    const stay = isFollowing ? {} : { stay: 'yes' };
    const what = new URLSearchParams({ as: person, in: wanted, ...stay, ...open });
    history.replaceState(null, '', `/?${what}`);
  }, [person, wanted, isFollowing, thread]);
  useEffect(() => {
    const waiting = calls > 0 ? `(${calls}) ` : '';
    const where = channel && channel.info.kind !== 'im' ? `#${channel.info.name}` : 'Backstop';
    document.title = `${waiting}${where} | Backstop sandbox`;
  }, [calls, channel?.info.name]);

  const reader = useMemo(
    () =>
      state.setting &&
      createReader(store, state.setting, () => store.state, {
        openChannel(id) {
          setWanted(id);
          setThread(undefined);
          setPane('conversation');
        },
        openThread(id, ts) {
          setThread({ channel: id, ts });
          setPane('world');
        },
      }),
    [store, state.setting],
  );
  if (!reader) return <p class="loading">{loadingWords(state)}</p>;

  function become(next: string): void {
    setPerson(next);
    setThread(undefined);
    setPane('conversation');
  }

  function switchTo(next: string): void {
    setFollowing(false);
    become(next);
  }

  const { modals, world } = state;
  const storyBar = world && (
    <StoryBar world={world} isFollowing={isFollowing} onFollow={() => setFollowing(true)} />
  );
  const threadChannel = thread && state.channels.get(thread.channel);
  const toasts = <Toasts toasts={store.toasts} />;
  return (
    <ReaderContext.Provider value={reader}>
      <main class={`page show-${pane}`}>
        <section class="sidebar" aria-label="People and channels">
          <Sidebar state={state} open={open} onSwitch={switchTo} />
        </section>
        <div class="middle">
          {storyBar}
          <OutageStrip state={state} />
          <HintStrip state={state} open={open} onBecome={switchTo} />
          {wanted === HOME && <HomePane home={state.home} />}
          {channel && <Conversation key={`${store.person}/${channel.info.id}`} channel={channel} />}
        </div>
        <section class="world" aria-label={thread ? 'Thread' : 'The world'}>
          {thread && threadChannel ? (
            <ThreadPane
              channel={threadChannel}
              ts={thread.ts}
              onClose={() => {
                setThread(undefined);
                setPane('conversation');
              }}
            />
          ) : (
            world && <WorldPane world={world} />
          )}
        </section>
        <nav class="panes" aria-label="What to show">
          {PANES.map((entry) => (
            <button
              type="button"
              key={entry.pane}
              aria-current={pane === entry.pane ? 'true' : undefined}
              onClick={() => setPane(entry.pane)}
            >
              {entry.words}
            </button>
          ))}
        </nav>
      </main>
      {channel && <Announcer channel={channel} />}
      <Notifications key={store.person} state={state} open={open} thread={thread?.ts} />
      {modals.length === 0 && toasts}
      {modals.map((modal, index) => (
        <Modal key={modal.id} modal={modal}>
          {index === modals.length - 1 && (
            <>
              {storyBar}
              {toasts}
            </>
          )}
        </Modal>
      ))}
    </ReaderContext.Provider>
  );
}

interface ThreadPlace {
  readonly channel: string;
  readonly ts: string;
}

function threadAt(address: string | null): ThreadPlace | undefined {
  const [channel = '', ts] = address?.split('/') ?? [];
  return ts === undefined ? undefined : { channel, ts };
}

function loadingWords({ isOnline, isShutOut }: PageState): string {
  if (isShutOut) return SHUT_OUT;
  return isOnline ? 'Connecting…' : 'The sandbox does not answer.';
}

/** The connection as that person. Until another person's has said what they see, the one before stands. */
function useStore(person: string): Store {
  const [store, setStore] = useState(() => connect(person));
  const [, render] = useReducer((count: number) => count + 1, 0);
  const isFirst = useRef(true);
  useEffect(() => {
    // Whoever is left is closed, also while they still stand: to be them again takes a connection of its own.
    const current = isFirst.current ? store : connect(person);
    isFirst.current = false;
    const off = current.subscribe(() => {
      if (current.state.setting || !current.state.isOnline) setStore(current);
      render(undefined);
    });
    render(undefined);
    return () => {
      off();
      current.close();
    };
  }, [person]);
  return store;
}

/** The channel that is wanted, or #incidents, where everything begins. */
function openChannel({ channels }: PageState, wanted: string): Channel | undefined {
  const all = [...channels.values()];
  return channels.get(wanted) ?? all.find(({ info }) => info.name === 'incidents') ?? all[0];
}
