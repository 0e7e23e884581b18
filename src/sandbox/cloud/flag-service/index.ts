/** A flag service of one's own: `GET` and `PUT /flags`, one JSON document with an `ETag`, changed only where `If-Match` still holds. */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Route, serve } from '../http.ts';

type Document = Record<string, unknown>;

export interface FlagService {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  readonly document: Document;
  /** Somebody writes it by hand. */
  write(document: Document): void;
  readonly close: () => Promise<void>;
}

/** Serves the document. */
export async function createFlagService(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly document: Document;
}): Promise<FlagService> {
  const token = 'sandbox-flag-token';
  let document = o.document;
  let revision = 1;
  const etag = () => `"r${revision}"`;
  const shown = (): Answer => ({ status: 200, headers: { etag: etag() }, body: document });
  function write(next: Document): void {
    document = next;
    revision += 1;
  }

  const routes: readonly Route[] = [
    { call: 'GET flags', path: '/flags', handle: shown },
    {
      call: 'PUT flags',
      path: '/flags',
      mutates: 'now',
      handle: ({ headers, body }) => {
        if (headers['if-match'] !== undefined && headers['if-match'] !== etag()) {
          return { status: 412, body: { message: 'It was changed meanwhile.' } };
        }
        if (typeof body !== 'object' || body === null) {
          return { status: 400, body: { message: 'It must be an object.' } };
        }
        write(body as Document);
        return shown();
      },
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'flag-service',
    routes,
    faults,
    agenda: o.agenda,
    log: o.log,
    guard: ({ headers }) =>
      headers.authorization === `Bearer ${token}`
        ? undefined
        : { status: 401, body: { message: 'no' } },
    notFound: () => ({ status: 404, body: { message: 'There is none.' } }),
  });
  return {
    url: service.url,
    token,
    faults,
    get document() {
      return document;
    },
    get requests() {
      return o.log.filter((one) => one.service === 'flag-service');
    },
    write,
    close: service.close,
  };
}
