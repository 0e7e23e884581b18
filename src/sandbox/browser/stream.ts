/** One stream of server-sent events for each open page: what its person sees, and the world. */

import type { ServerResponse } from 'node:http';
import type { Notice, Patch } from './protocol.ts';
import { createPage, type Page } from './seen.ts';
import type { Session } from './session.ts';

/** So many things can happen at once that a page is told at most so often, milliseconds. */
const GATHER_MS = 40;
/** Keeps the connection from looking dead. */
const HEARTBEAT_MS = 15_000;

/** Sends everything at once and every change from then on, until the page goes away. `person` is a name such as `ana`. */
export function openStream(session: Session, person: string, response: ServerResponse): void {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
  });
  let page: Page | undefined;
  const due = new Set<'slack' | 'world'>();
  let gathering: NodeJS.Timeout | undefined;

  function send(event: string, data: unknown): void {
    response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  function viewer() {
    const found = session.run.viewers.get(person);
    if (!found) throw new Error(`Nobody in the sandbox is called ${person}.`);
    return found;
  }

  function startAfresh(): void {
    page = createPage(session.run.stage.workspace.slack, viewer());
    const patch: Patch = { setting: session.setting(person), modals: [], ...page.difference() };
    send('patch', patch);
    send('world', session.world());
  }

  function flush(): void {
    gathering = undefined;
    if (due.has('slack')) {
      const patch = page?.difference();
      if (patch) send('patch', patch);
    }
    if (due.has('world')) send('world', session.world());
    due.clear();
  }

  startAfresh();
  const off = session.on((happened) => {
    if (happened.what === 'reset') startAfresh();
    else if (happened.what === 'notice') {
      if (happened.to === viewer().self.id)
        send('notice', { text: happened.text } satisfies Notice);
    } else {
      due.add(happened.what);
      gathering ??= setTimeout(flush, GATHER_MS);
    }
  });
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  heartbeat.unref();
  response.on('close', () => {
    off();
    clearInterval(heartbeat);
    clearTimeout(gathering);
  });
}
