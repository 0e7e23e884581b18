/**
 * Heroku's Platform API v3 for one app: releases (a rollback makes a new one), slugs, dynos and the formation. A release is `pending`
 * during its release phase, and dynos are `starting` for a while.
 */
import type { Agenda } from '../agenda.ts';
import type { Exchange } from '../exchange.ts';
import { createFaults, type Faults } from '../faults.ts';
import { type Answer, type Route, serve } from '../http.ts';

interface ReleaseRecord {
  readonly id: string;
  readonly version: number;
  readonly slug: string | null;
  readonly description: string;
  readonly created: number;
  status: 'pending' | 'succeeded' | 'failed';
}

interface DynoRecord {
  readonly id: string;
  readonly version: number;
  state: 'starting' | 'up' | 'crashed';
}

export interface Heroku {
  /** Without a slash at the end. */
  readonly url: string;
  readonly token: string;
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  readonly releases: readonly ReleaseRecord[];
  /** How long a release phase takes, and then the start of dynos, in milliseconds of the cloud's clock. */
  phaseMs: number;
  /** Whether the next release phase fails. */
  failsNext: boolean;
  /** Commits whose dynos crash. */
  readonly broken: Set<string>;
  deploy(commit: string): void;
  /** A config var is set: a release with the same slug. */
  configure(name: string): void;
  /** Somebody scales it by hand. */
  scaleTo(quantity: number): void;
  /** The slugs of the oldest releases are no longer kept. */
  prune(version: number): void;
  readonly close: () => Promise<void>;
}

/** Serves an app `acme-shop` that nobody has released yet, with two web dynos wanted. */
export async function createHeroku(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
}): Promise<Heroku> {
  const { agenda } = o;
  const token = 'HRKU-sandbox-heroku-token';
  const releases: ReleaseRecord[] = [];
  const slugs = new Map<string, string>();
  const pruned = new Set<number>();
  const broken = new Set<string>();
  let dynos: DynoRecord[] = [];
  let made = 0;
  let quantity = 2;
  const current = () => releases.findLast(({ status }) => status === 'succeeded');

  function startDynos(count = quantity, replace = true): void {
    const version = current()?.version ?? 0;
    const commit = slugs.get(current()?.slug ?? '') ?? '';
    const fresh = Array.from({ length: count }, (): DynoRecord => {
      made += 1;
      return { id: `dyno-${String(made).padStart(3, '0')}`, version, state: 'starting' };
    });
    dynos = replace ? fresh : [...dynos, ...fresh];
    agenda.later(heroku.phaseMs, () => {
      for (const dyno of fresh) dyno.state = broken.has(commit) ? 'crashed' : 'up';
    });
  }

  function release(slug: string, description: string): ReleaseRecord {
    const version = releases.length + 1;
    const record: ReleaseRecord = {
      id: `release-${version}`,
      version,
      slug,
      description,
      created: agenda.now(),
      status: 'pending',
    };
    releases.push(record);
    const fails = heroku.failsNext;
    heroku.failsNext = false;
    agenda.later(heroku.phaseMs, () => {
      record.status = fails ? 'failed' : 'succeeded';
      if (!fails) startDynos();
    });
    return record;
  }

  function scale(to: number): void {
    const more = to - quantity;
    quantity = to;
    if (more > 0) startDynos(more, false);
    else dynos = dynos.slice(0, to);
  }

  function shown(record: ReleaseRecord) {
    const slug = pruned.has(record.version) ? null : record.slug;
    return {
      id: record.id,
      version: record.version,
      current: record === current(),
      status: record.status,
      description: record.description,
      created_at: new Date(record.created).toISOString(),
      updated_at: new Date(record.created).toISOString(),
      slug: slug ? { id: slug } : null,
      user: { id: 'u1', email: 'ana@acme.example' },
      app: { id: 'a1', name: 'acme-shop' },
      addon_plan_names: [],
    };
  }

  const APP = '/apps/acme-shop';
  const routes: readonly Route[] = [
    {
      call: 'GET releases',
      path: `${APP}/releases`,
      handle: ({ headers }) => {
        const isDescending = headers.range?.includes('order=desc') ?? false;
        const all = isDescending ? releases.toReversed() : releases;
        return { status: 206, body: all.map(shown) };
      },
    },
    {
      call: 'GET release',
      path: `${APP}/releases/:release`,
      handle: ({ params }) => {
        const found = releases.find(({ id }) => id === params['release']);
        return found ? { status: 200, body: shown(found) } : notFound();
      },
    },
    {
      call: 'POST release',
      path: `${APP}/releases`,
      mutates: 'now',
      handle: ({ body }) => {
        const wanted = (body as { release?: string } | undefined)?.release;
        const found = releases.find(({ id }) => id === wanted);
        if (!found?.slug || pruned.has(found.version)) {
          return said(422, 'invalid_params', 'Unable to roll back to that release.');
        }
        return { status: 201, body: shown(release(found.slug, `Rollback to v${found.version}`)) };
      },
    },
    {
      call: 'GET slug',
      path: `${APP}/slugs/:slug`,
      handle: ({ params: { slug: id = '' } }) =>
        slugs.has(id) ? { status: 200, body: { id, commit: slugs.get(id) } } : notFound(),
    },
    {
      call: 'GET dynos',
      path: `${APP}/dynos`,
      handle: () => ({
        status: 200,
        body: dynos.map(({ id, state, version }) => ({
          id,
          name: 'web.1',
          type: 'web',
          state,
          release: { id: `release-${version}`, version },
        })),
      }),
    },
    {
      call: 'DELETE dynos',
      path: `${APP}/dynos`,
      mutates: 'now',
      handle: () => {
        startDynos();
        return { status: 202, body: {} };
      },
    },
    {
      call: 'GET formation',
      path: `${APP}/formation/web`,
      handle: () => ({ status: 200, body: { type: 'web', quantity, size: 'Standard-1X' } }),
    },
    {
      call: 'PATCH formation',
      path: `${APP}/formation/web`,
      mutates: 'now',
      handle: ({ body }) => {
        const to = (body as { quantity?: unknown } | undefined)?.quantity;
        if (typeof to !== 'number') return said(422, 'invalid_params', 'quantity is required');
        scale(to);
        return { status: 200, body: { type: 'web', quantity, size: 'Standard-1X' } };
      },
    },
  ];
  const faults = createFaults(routes.map(({ call }) => call));
  const service = await serve({
    name: 'heroku',
    routes,
    faults,
    agenda,
    log: o.log,
    guard: ({ headers }) => {
      if (headers.authorization !== `Bearer ${token}`) {
        return said(401, 'unauthorized', 'Invalid credentials provided.');
      }
      return headers.accept === 'application/vnd.heroku+json; version=3'
        ? undefined
        : said(406, 'not_acceptable', 'Name version 3 of the API.');
    },
    notFound,
  });
  const heroku: Heroku = {
    url: service.url,
    token,
    faults,
    phaseMs: 5_000,
    failsNext: false,
    broken,
    get releases() {
      agenda.settle();
      return releases;
    },
    get requests() {
      agenda.settle();
      return o.log.filter((one) => one.service === 'heroku');
    },
    deploy(commit) {
      agenda.settle();
      const slug = `slug-${slugs.size + 1}`;
      slugs.set(slug, commit);
      release(slug, `Deploy ${commit.slice(0, 8)}`);
    },
    configure(name) {
      agenda.settle();
      release(current()?.slug ?? '', `Set ${name} config vars`);
    },
    scaleTo(to) {
      agenda.settle();
      scale(to);
    },
    prune: (version) => void pruned.add(version),
    close: service.close,
  };
  return heroku;
}

function said(status: number, id: string, message: string): Answer {
  return { status, body: { id, message } };
}

function notFound(): Answer {
  return said(404, 'not_found', "Couldn't find that.");
}
