/** The page's connection to its server: one stream in, acts and deeds out. */

import type { Act, Deed, Notice, Patch, Reply, World } from '../browser/protocol.ts';
import { setClock } from './dates.ts';
import { applyPatch, EMPTY, type PageState } from './state.ts';

export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isFailure: boolean;
}

export interface Store {
  readonly person: string;
  readonly state: PageState;
  readonly toasts: readonly Toast[];
  /** Does it as the person; what was refused is told in a toast. False when it was refused. */
  act(act: Act): Promise<boolean>;
  /** Does it to the world; what there is to say is told in a toast. */
  deed(deed: Deed): Promise<boolean>;
  subscribe(listener: () => void): () => void;
  close(): void;
}

const TOAST_MS = 6_000;

/** Connects as the person of that name, such as `ana`. */
export function connect(person: string): Store {
  const listeners = new Set<() => void>();
  let state: PageState = EMPTY;
  let toasts: readonly Toast[] = [];
  let toastId = 0;
  const changed = (): void => {
    for (const listener of listeners) listener();
  };
  const set = (next: Partial<PageState>): void => {
    state = { ...state, ...next };
    changed();
  };

  function toast(text: string, isFailure: boolean): void {
    toastId += 1;
    const id = toastId;
    toasts = [...toasts, { id, text, isFailure }];
    changed();
    setTimeout(() => {
      toasts = toasts.filter((entry) => entry.id !== id);
      changed();
    }, TOAST_MS);
  }

  async function post(path: string, body: Act | Deed): Promise<boolean> {
    const reply = await send(path, body);
    if (reply.words !== undefined) toast(reply.words, !reply.ok);
    return reply.ok;
  }

  const stream = new EventSource(`/stream?as=${encodeURIComponent(person)}`);
  const on = <T>(event: string, take: (data: T) => void): void => {
    stream.addEventListener(event, (message: MessageEvent<string>) => {
      take(JSON.parse(message.data) as T);
    });
  };
  on<Patch>('patch', (patch) => {
    if (patch.setting) setClock(patch.setting.now);
    set({ ...applyPatch(state, patch), isOnline: true });
  });
  on<World>('world', (world) => {
    setClock(world.now);
    set({ world, isOnline: true });
  });
  on<Notice>('notice', ({ text }) => toast(`You ${text}.`.replace(/\.\.$/, '.'), true));
  stream.addEventListener('error', () => {
    // A browser tries again by itself, unless the server answered that it may not.
    set({ isOnline: false, isShutOut: stream.readyState === EventSource.CLOSED });
  });

  return {
    person,
    get state() {
      return state;
    },
    get toasts() {
      return toasts;
    },
    act: (act) => post(`/act?as=${encodeURIComponent(person)}`, act),
    deed: (deed) => post('/deed', deed),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      stream.close();
      listeners.clear();
    },
  };
}

async function send(path: string, body: Act | Deed): Promise<Reply> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return (await response.json()) as Reply;
    return { ok: false, words: await response.text() };
  } catch {
    return { ok: false, words: 'The sandbox does not answer. Is it still running?' };
  }
}
