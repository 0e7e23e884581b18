import type { Release } from '../release.ts';

export const PRODUCTION = 'production';

export interface Deployment {
  readonly id: string;
  readonly message: string;
  readonly author: string;
  readonly deployer: string;
  readonly startedAt: string;
  /** Undefined while it is at work. */
  readonly endedAt: string | undefined;
}

export interface Slot {
  readonly name: string;
  readonly hostName: string;
  release: Release;
  /** `linuxFxVersion`: what it runs on, or the image that it runs. */
  runs: string;
  settings: Readonly<Record<string, string>>;
  running: boolean;
  /** How often it was restarted on request. */
  restarts: number;
  /** Newest first; the first one is active. It is part of the content, so a swap moves it. */
  deployments: readonly Deployment[];
  /** The other slot's name while a swap with preview waits for its second phase. */
  prepared?: { readonly target: string; readonly settings: Readonly<Record<string, string>> };
  lastSwap?: { readonly at: string; readonly source: string; readonly destination: string };
  modifiedAt: number;
}

/** What the app and its slots run on. */
export interface ServerFarm {
  capacity: number;
  /** A PUT is the whole plan: what it leaves out is gone. */
  tags: Readonly<Record<string, string>>;
  isLinux: boolean;
  isChanging: boolean;
}

export interface Site {
  readonly plan: ServerFarm;
  readonly subscription: string;
  readonly resourceGroup: string;
  readonly name: string;
  readonly location: string;
  readonly stickySettings: readonly string[];
  /** In order of creation; the first is production. */
  readonly slots: readonly Slot[];
}

interface PastSwap {
  readonly slot: string;
  /** When it was done, epoch milliseconds. */
  readonly at: number;
  /** Who asked for it, as the activity log shows callers. */
  readonly by: string;
}

export interface AppOptions {
  readonly resourceGroup: string;
  readonly name: string;
  readonly location?: string;
  /** Names of the settings that stay where they are in a swap. */
  readonly stickySettings?: readonly string[];
  /** Swaps of a slot with production that happened before, oldest first. */
  readonly pastSwaps?: readonly PastSwap[];
  /** `production` is required. `history` is what was deployed to the slot before, newest first. */
  readonly slots: Readonly<
    Record<
      string,
      {
        readonly release: Release;
        /** Node unless given: `DOCKER|acme.azurecr.io/shop/web:2.3.1`. */
        readonly runs?: string;
        readonly history?: readonly Release[];
        readonly settings?: Readonly<Record<string, string>>;
        readonly running?: boolean;
      }
    >
  >;
}

/** A site as described. Throws when it has no production slot. */
export function createSite(subscription: string, options: AppOptions, now: number): Site {
  if (!options.slots[PRODUCTION]) throw new Error(`App ${options.name} needs a production slot.`);
  const names = Object.keys(options.slots).sort((a, b) => rank(a) - rank(b));
  const site: Site = {
    plan: { capacity: 2, tags: { owner: 'shop' }, isLinux: true, isChanging: false },
    subscription,
    resourceGroup: options.resourceGroup,
    name: options.name,
    location: options.location ?? 'West Europe',
    stickySettings: options.stickySettings ?? [],
    slots: names.map((name) => {
      const given = options.slots[name];
      if (!given) throw new Error(`App ${options.name} has no slot ${name}.`);
      const suffix = name === PRODUCTION ? '' : `-${name}`;
      const slot: Slot = {
        name,
        hostName: `${options.name}${suffix}.azurewebsites.net`,
        release: given.release,
        runs: given.runs ?? 'NODE|20-lts',
        settings: { ...given.settings, ...settingsOf(given.release) },
        running: given.running ?? true,
        restarts: 0,
        deployments: [given.release, ...(given.history ?? [])].map(deploymentOf),
        modifiedAt: Math.min(now, Date.parse(given.release.deployedAt)),
      };
      return slot;
    }),
  };
  for (const { slot, at } of options.pastSwaps ?? []) {
    markSwapped(slotOf(site, slot), slotOf(site, PRODUCTION), at);
  }
  return site;
}

/** The slot by name, in any case. */
export function findSlot(site: Site, name: string): Slot | undefined {
  return site.slots.find((slot) => slot.name === name.toLowerCase());
}

/** The slot by name. Throws when there is none: for knobs, where that is a mistake in the story. */
export function slotOf(site: Site, name: string): Slot {
  const slot = findSlot(site, name);
  if (!slot) throw new Error(`App ${site.name} has no slot ${name}.`);
  return slot;
}

/** Puts a release into a slot, as a build pipeline would. */
export function deploy(slot: Slot, release: Release, now: number): void {
  slot.release = release;
  slot.settings = { ...slot.settings, ...settingsOf(release) };
  slot.deployments = [deploymentOf(release), ...slot.deployments];
  slot.modifiedAt = now;
}

/** Begins a deployment that does not end: the slot holds what it held. */
export function beginDeployment(slot: Slot, release: Release): void {
  slot.deployments = [{ ...deploymentOf(release), endedAt: undefined }, ...slot.deployments];
}

/** Exchanges content and settings of two slots; sticky settings stay. Twice is as good as never. */
export function exchangeSlots(site: Site, source: Slot, target: Slot, now: number): void {
  if (source.prepared) cancelPrepared(source);
  const [a, b] = [{ ...source }, { ...target }];
  source.release = b.release;
  source.runs = b.runs;
  source.deployments = b.deployments;
  source.settings = { ...sticky(site, a.settings), ...moving(site, b.settings) };
  target.release = a.release;
  target.runs = a.runs;
  target.deployments = a.deployments;
  target.settings = { ...sticky(site, b.settings), ...moving(site, a.settings) };
  markSwapped(source, target, now);
}

/** Phase one of a swap with preview: the source runs with the target's sticky settings. */
export function prepare(site: Site, source: Slot, target: Slot): void {
  source.prepared = { target: target.name, settings: source.settings };
  source.settings = { ...moving(site, source.settings), ...sticky(site, target.settings) };
}

/** Undoes phase one; nothing happens when there was none. */
export function cancelPrepared(source: Slot): void {
  if (!source.prepared) return;
  source.settings = source.prepared.settings;
  delete source.prepared;
}

/** True when a swap leaves the setting where it is. */
export function isSticky(site: Site, name: string): boolean {
  return site.stickySettings.includes(name) || name.endsWith('_EXTENSION_VERSION');
}

function markSwapped(source: Slot, target: Slot, now: number): void {
  const lastSwap = {
    at: new Date(now).toISOString(),
    source: swapName(source),
    destination: swapName(target),
  };
  for (const slot of [source, target]) {
    slot.lastSwap = lastSwap;
    slot.modifiedAt = now;
  }
}

function settingsOf(release: Release): Record<string, string> {
  return { APP_COMMIT: release.commit, APP_VERSION: release.version };
}

function deploymentOf(release: Release): Deployment {
  return {
    id: release.commit,
    message: release.message,
    author: release.author,
    deployer: 'GITHUB_ZIP_DEPLOY',
    startedAt: new Date(Date.parse(release.deployedAt) - 41_000).toISOString(),
    endedAt: release.deployedAt,
  };
}

function sticky(site: Site, settings: Readonly<Record<string, string>>) {
  return pick(settings, (name) => isSticky(site, name));
}

function moving(site: Site, settings: Readonly<Record<string, string>>) {
  return pick(settings, (name) => !isSticky(site, name));
}

function pick(settings: Readonly<Record<string, string>>, keep: (name: string) => boolean) {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => keep(name)));
}

function swapName(slot: Slot): string {
  return slot.name === PRODUCTION ? 'Production' : slot.name;
}

function rank(name: string): number {
  return name === PRODUCTION ? 0 : 1;
}
