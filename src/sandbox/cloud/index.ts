/** The outside world in one process, on loopback: real SDKs and `fetch` talk to it through base URLs, unmodified. */

import { type Clock, createAgenda } from './agenda.ts';
import { type Aws, createAws } from './aws/index.ts';
import { type Azure, createAzure } from './azure/index.ts';
import { type Contentful, createContentful } from './contentful/index.ts';
import type { Exchange } from './exchange.ts';
import type { Faults } from './faults.ts';
import { createGitHub, type GitHub } from './github/index.ts';
import { createRegistry, type Registry } from './registry/index.ts';
import { createShop, type Shop } from './shop.ts';
import { createStatuspage, type Statuspage } from './statuspage/index.ts';
import { createWorker, type Worker } from './worker.ts';

export { type Aws, awsFaults } from './aws/index.ts';
export { azureFaults, scaledDuringSwap, warmUpFailure } from './azure/index.ts';
export { contentfulFaults } from './contentful/index.ts';
export type { Exchange } from './exchange.ts';
export type { Fault, Faults } from './faults.ts';
export { githubFaults } from './github/index.ts';
export type { Release } from './release.ts';
export { type CheckoutWorld, seedCheckout } from './seed.ts';

export interface Cloud {
  readonly azure: Azure;
  readonly github: GitHub;
  readonly shop: Shop;
  readonly contentful: Contentful;
  readonly aws: Aws;
  /** The background worker of the shop, which sends its mails. */
  readonly worker: Worker;
  /** Where the images of Azure's workers are. */
  readonly registry: Registry;
  /** What people outside read. */
  readonly statuspage: Statuspage;
  /** The time there, epoch milliseconds. */
  now(): number;
  /** Every request from outside, in the order received; a swap's `applied` is as true as the clock says. */
  readonly exchanges: Exchange[];
  readonly faults: {
    readonly azure: Faults;
    readonly github: Faults;
    readonly shop: Faults;
    readonly contentful: Faults;
    readonly aws: Faults;
    readonly worker: Faults;
    readonly statuspage: Faults;
    readonly registry: Faults;
    /** Disarms every fault of all of them. */
    clear(): void;
  };
  /** Cuts every connection and frees the ports. */
  close(): Promise<void>;
}

/**
 * Starts Azure, GitHub, Contentful, AWS, a status page, a container registry, the shop of Azure's first web app and its worker, all empty; `seedCheckout` fills them.
 * The world moves by `clock` (the real one unless given): swaps, workflow runs, rate limits and lost requests that
 * land late. Only what a connection waits for (`delay` faults, slow releases) takes real time. Rejects when a port is taken.
 */
export async function createCloud(
  options: {
    readonly clock?: Clock;
    /** Free ports unless given. */
    readonly ports?: Partial<
      Readonly<
        Record<
          | 'azure'
          | 'github'
          | 'contentful'
          | 'aws'
          | 'worker'
          | 'statuspage'
          | 'registry'
          | 'production'
          | 'staging',
          number
        >
      >
    >;
  } = {},
): Promise<Cloud> {
  const agenda = createAgenda(options.clock ?? Date);
  const log: Exchange[] = [];
  const { ports = {} } = options;
  const started: { close(): Promise<void> }[] = [];
  const close = async () => {
    await Promise.all(started.map((service) => service.close()));
  };
  async function start<T extends { close(): Promise<void> }>(service: Promise<T>): Promise<T> {
    const running = await service;
    started.push(running);
    return running;
  }

  try {
    const azure = await start(createAzure({ agenda, log, port: ports.azure }));
    const github = await start(createGitHub({ agenda, log, port: ports.github }));
    const slot = (name: string) => azure.slots.find((one) => one.name === name);
    const shop = await start(createShop({ agenda, log, slot, ports }));
    const contentful = await start(createContentful({ agenda, log, port: ports.contentful }));
    const aws = await start(createAws({ agenda, log, port: ports.aws }));
    const worker = await start(createWorker({ agenda, log, port: ports.worker }));
    const registry = await start(createRegistry({ agenda, log, port: ports.registry }));
    const statuspage = await start(createStatuspage({ agenda, log, port: ports.statuspage }));
    return {
      azure,
      github,
      shop,
      contentful,
      aws,
      worker,
      registry,
      statuspage,
      now: () => agenda.now(),
      get exchanges() {
        agenda.settle();
        return log;
      },
      faults: {
        azure: azure.faults,
        github: github.faults,
        shop: shop.faults,
        contentful: contentful.faults,
        aws: aws.faults,
        worker: worker.faults,
        statuspage: statuspage.faults,
        registry: registry.faults,
        clear() {
          for (const one of [azure, github, shop, contentful, aws, worker, registry, statuspage])
            one.faults.clear();
        },
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
