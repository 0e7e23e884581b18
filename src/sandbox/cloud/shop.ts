import type { Agenda } from './agenda.ts';
import type { Slot } from './azure/index.ts';
import type { Exchange } from './exchange.ts';
import { createFaults, type Faults } from './faults.ts';
import { type Answer, type Route, type Service, serve } from './http.ts';
import type { Behaviour, Release } from './release.ts';

/**
 * The shop as its customers reach it: one host for each slot of the web app. `/`, `/healthz`, `/checkout` and `/version`
 * are answered by whatever release the slot holds at that moment, with the release's version in `x-release`.
 */
export interface Shop {
  readonly productionUrl: string;
  readonly stagingUrl: string;
  /** On `GET production/healthz`, `GET staging/checkout` and so on. */
  readonly faults: Faults;
  readonly requests: readonly Exchange[];
  /** How long a slow release takes to answer, in milliseconds of real time. */
  slowMs: number;
  /** Production is no slot: it is served by whatever release this reads. */
  serveProduction(read: () => Release): void;
  /** The app runs migrations for so long, by the cloud's clock; it tells of them at `/internal/migrations`. */
  migrate(ms: number): void;
  readonly migrations: 'running' | 'done';
  /** What is new, and fails, is behind a flag: while that is off, customers get what they had. */
  guardedBy(isOn: () => boolean): void;
  /** Breaks something the release depends on: production answers errors whatever it holds, until set back. */
  stayBroken(isBroken: boolean): void;
  readonly close: () => Promise<void>;
}

const HOSTS = ['production', 'staging'] as const;
type Host = (typeof HOSTS)[number];

interface Reading {
  readonly release: Release;
  readonly behaviour: Behaviour | 'stopped' | 'dependency';
}

type Page = (reading: Reading) => Answer;

/** By their names in calls; the home page is at `/`. */
const PAGES: Readonly<Record<string, Page>> = { home, healthz, checkout, version };
const REASON = "TypeError: Cannot read properties of undefined (reading 'taxRate')";

/** Serves the shop; `slot` reads what a slot of the app holds now, or undefined when there is no such slot. */
export async function createShop(o: {
  readonly agenda: Agenda;
  readonly log: Exchange[];
  readonly slot: (name: string) => Slot | undefined;
  readonly ports?: Partial<Readonly<Record<Host, number>>>;
}): Promise<Shop> {
  let isBroken = false;
  let isOn = (): boolean => true;
  let slowMs = 3000;
  let migrating = 0;
  let migrations = 0;
  let elsewhere: (() => Release) | undefined;

  function read(host: Host): Reading | undefined {
    const served = host === 'production' ? elsewhere : undefined;
    const slot = served ? { running: true, release: served() } : o.slot(host);
    if (!slot) return undefined;
    const { running, release } = slot;
    if (!running) return { release, behaviour: 'stopped' };
    if (release.behaviour === 'errors' && !isOn()) return { release, behaviour: 'good' };
    const isCutOff = isBroken && host === 'production';
    return { release, behaviour: isCutOff ? 'dependency' : release.behaviour };
  }

  async function answer(page: Page, host: Host, wait: Service['wait']): Promise<Answer> {
    const reading = read(host);
    if (!reading) return html(404, 'Error 404 - Web Site not found.');
    if (reading.behaviour === 'stopped') return html(403, 'Error 403 - This web app is stopped.');
    if (reading.behaviour === 'down') return html(503, 'Service Unavailable');
    if (reading.behaviour === 'slow') await wait(slowMs);
    const truth = page(reading);
    return { ...truth, headers: { 'x-release': reading.release.version, ...truth.headers } };
  }

  const callOf = (host: Host, page: string) => `GET ${host}/${page}`;
  const pages = Object.entries(PAGES);
  const migrationsCall = 'GET internal/migrations';
  const faults = createFaults([
    migrationsCall,
    ...HOSTS.flatMap((host) => pages.map(([name]) => callOf(host, name))),
  ]);
  const told: Route = {
    call: migrationsCall,
    path: '/internal/migrations',
    handle: () =>
      migrating === 0
        ? { status: 200, body: { state: 'done' } }
        : { status: 200, body: { state: 'running', note: '1 of 2 done, next add_tax_rates' } },
  };

  async function open(host: Host): Promise<Service> {
    const own = pages.map(
      ([name, page]): Route => ({
        call: callOf(host, name),
        path: name === 'home' ? '/' : `/${name}`,
        handle: async ({ headers }) => {
          const truth = await answer(page, host, service.wait);
          return headers.accept?.includes('text/html') ? forPeople(truth) : truth;
        },
      }),
    );
    const service = await serve({
      name: 'shop',
      routes: [...own, told],
      faults,
      agenda: o.agenda,
      log: o.log,
      port: o.ports?.[host],
      headers: () => ({ 'cache-control': 'no-store' }),
      notFound: () => ({ status: 404, body: { error: 'not found' } }),
    });
    return service;
  }

  const production = await open('production');
  const staging = await open('staging').catch(async (error: unknown) => {
    await production.close();
    throw error;
  });
  return {
    productionUrl: production.url,
    stagingUrl: staging.url,
    faults,
    get requests() {
      return o.log.filter((one) => one.service === 'shop');
    },
    get slowMs() {
      return slowMs;
    },
    set slowMs(ms) {
      slowMs = ms;
    },
    serveProduction(read) {
      elsewhere = read;
    },
    migrate(ms) {
      const mine = ++migrations;
      migrating = ms > 0 ? mine : 0;
      const end = (): void => {
        if (migrating === mine) migrating = 0;
      };
      if (ms > 0 && Number.isFinite(ms)) o.agenda.later(ms, end);
    },
    get migrations() {
      o.agenda.settle();
      return migrating === 0 ? 'done' : 'running';
    },
    guardedBy(flag) {
      isOn = flag;
    },
    stayBroken(value) {
      isBroken = value;
    },
    async close() {
      await Promise.all([production.close(), staging.close()]);
    },
  };
}

function home(): Answer {
  return html(200, 'Acme shop');
}

function healthz(reading: Reading): Answer {
  const { version } = reading.release;
  if (!isFailing(reading)) return { status: 200, body: { status: 'ok', version } };
  const reason =
    reading.behaviour === 'dependency' ? 'payment provider: connection refused' : REASON;
  return { status: 500, body: { status: 'error', version, reason } };
}

function checkout(reading: Reading): Answer {
  if (isFailing(reading)) {
    return { status: 500, body: { error: 'Checkout failed. Please try again later.' } };
  }
  return { status: 200, body: { order: 'A-10042', total: '49.90', currency: 'EUR' } };
}

function version({ release }: Reading): Answer {
  return { status: 200, body: { version: release.version, commit: release.commit } };
}

function isFailing({ behaviour }: Reading): boolean {
  return behaviour === 'errors' || behaviour === 'dependency';
}

/** The same answer for whoever comes with a browser. */
function forPeople(answer: Answer): Answer {
  const said = answer.body;
  if (typeof said !== 'object' || said === null) return answer;
  const { error, order, total, currency } = said as Readonly<Record<string, string | undefined>>;
  if (error === undefined && order === undefined) return answer;
  const words = error ?? `Thank you! Order ${order} is placed: ${total} ${currency}.`;
  const page = html(answer.status, words);
  return { ...page, headers: { ...answer.headers, ...page.headers } };
}

function html(status: number, text: string): Answer {
  const headers = { 'content-type': 'text/html; charset=utf-8' };
  const head = `<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>${text}</title>`;
  return { status, headers, body: `${head}<style>${STYLE}</style><h1>${text}</h1>` };
}

const STYLE =
  ':root{color-scheme:light dark;font-family:system-ui,sans-serif}body{max-width:30rem;margin:20vh auto;padding:0 1rem;text-align:center}';
