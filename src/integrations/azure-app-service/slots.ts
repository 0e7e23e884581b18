import {
  get as getSite,
  getSlot,
  listApplicationSettings,
  listApplicationSettingsSlot,
} from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood as understoodBy } from '../azure/errors.ts';
import type { Arm } from './client.ts';
import { SYSTEM } from './errors.ts';
import type { AzureAppServiceSettings } from './schema.ts';

/** What runs in a slot, by the settings that were deployed with it. */
export interface Release {
  /** Exact: version and commit, whichever are set. */
  readonly id: string;
  readonly label: string;
  readonly commit: string | undefined;
}

export interface Slot {
  readonly name: string;
  readonly release: Release | undefined;
  readonly isRunning: boolean;
  /** Not disabled by an administrator or by Azure. */
  readonly isEnabled: boolean;
  readonly hostName: string | undefined;
}

/** Both slots at one moment. */
export interface Slots {
  readonly production: Slot;
  readonly other: Slot;
  /** Azure's id of whatever is changing the app now. */
  readonly operation: string | undefined;
  /** The slot that a swap with preview was begun for and not ended. */
  readonly prepared: string | undefined;
  readonly lastSwap:
    | { readonly at: number; readonly from: string; readonly to: string }
    | undefined;
}

export const PRODUCTION = 'production';

const Site = z.object({
  state: z.string(),
  enabled: z.boolean().optional(),
  availabilityState: z.string().optional(),
  defaultHostName: z.string().optional(),
  inProgressOperationId: z.string().nullish(),
  targetSwapSlot: z.string().nullish(),
  slotSwapStatus: z
    .object({
      timestampUtc: z.date(),
      sourceSlotName: z.string(),
      destinationSlotName: z.string(),
    })
    .nullish()
    .catch(undefined),
});
type Site = z.infer<typeof Site>;

/**
 * Reads what both slots hold.
 * @throws OutsideError: `not-found` also when only the slot is missing, `permission` when the app settings may not be read.
 */
export async function readSlots(
  arm: Arm,
  settings: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<Slots> {
  const { context, group, app, slot } = arm;
  const [site, beside, settingsHere, settingsBeside] = await Promise.all([
    arm.read('read the web app', (o) => getSite(context, group, app, o), signal),
    arm.read(`read slot ${slot}`, (o) => getSlot(context, group, app, slot, o), signal),
    arm.read(
      'read which release is in production',
      (o) => listApplicationSettings(context, group, app, o),
      signal,
    ),
    arm.read(
      `read which release is in ${slot}`,
      (o) => listApplicationSettingsSlot(context, group, app, slot, o),
      signal,
    ),
  ]);
  const production = understood(Site, site, 'read the web app', arm);
  const other = understood(Site, beside, `read slot ${slot}`, arm);
  const swap = production.slotSwapStatus;
  return {
    production: slotFrom(PRODUCTION, production, settingsHere.properties, settings),
    other: slotFrom(slot, other, settingsBeside.properties, settings),
    operation: production.inProgressOperationId || other.inProgressOperationId || undefined,
    prepared: other.targetSwapSlot ? slot : production.targetSwapSlot ? PRODUCTION : undefined,
    lastSwap: swap
      ? { at: swap.timestampUtc.getTime(), from: swap.sourceSlotName, to: swap.destinationSlotName }
      : undefined,
  };
}

/** Production alone. @throws as `readSlots`. */
export async function readProduction(
  arm: Arm,
  settings: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<Slot> {
  const { context, group, app } = arm;
  const [site, here] = await Promise.all([
    arm.read('read the web app', (o) => getSite(context, group, app, o), signal),
    arm.read(
      'read which release is in production',
      (o) => listApplicationSettings(context, group, app, o),
      signal,
    ),
  ]);
  const production = understood(Site, site, 'read the web app', arm);
  return slotFrom(PRODUCTION, production, here.properties, settings);
}

/** The release of a slot. Throws OutsideError when the slot does not say: nothing can be proved then. */
export function releaseIn(slot: Slot, arm: Arm, settings: AzureAppServiceSettings): Release {
  if (slot.release) return slot.release;
  throw new OutsideError({
    kind: 'malformed',
    system: SYSTEM,
    attempted: 'tell which release is running',
    on: `web app ${arm.app}, slot ${slot.name}`,
    next: `Let each deployment set ${settings.commitSetting} and ${settings.versionSetting} in the slot's app settings.`,
  });
}

/** What a fingerprint says: the releases of both slots, production first. */
export function fingerprintOf(production: Release, slot: string, other: Release): string {
  return `${PRODUCTION}=${production.id} ${slot}=${other.id}`;
}

/** As `understood` of Azure, for an answer about this web app. */
export function understood<T extends z.ZodType>(
  schema: T,
  answer: unknown,
  attempted: string,
  arm: Arm,
): z.infer<T> {
  return understoodBy(schema, answer, attempted, { system: SYSTEM, on: `web app ${arm.app}` });
}

function slotFrom(
  name: string,
  site: Site,
  appSettings: Readonly<Record<string, string>> | undefined,
  settings: AzureAppServiceSettings,
): Slot {
  return {
    name,
    release: releaseOf(appSettings ?? {}, settings),
    isRunning: site.state.toLowerCase() === 'running',
    isEnabled: site.enabled !== false && site.availabilityState !== 'DisasterRecoveryMode',
    hostName: site.defaultHostName,
  };
}

function releaseOf(
  appSettings: Readonly<Record<string, string>>,
  settings: AzureAppServiceSettings,
): Release | undefined {
  const version = appSettings[settings.versionSetting]?.trim() || undefined;
  const commit = appSettings[settings.commitSetting]?.trim() || undefined;
  const parts = [version, commit].filter((part) => part !== undefined);
  if (parts.length === 0) return undefined;
  return { id: parts.join('@'), label: version ?? shortCommit(commit ?? ''), commit };
}

/** A commit as people write it. */
export function shortCommit(commit: string): string {
  return /^[0-9a-f]{40}$/i.test(commit) ? commit.slice(0, 7) : commit;
}

/** When production was swapped last, epoch milliseconds. */
export function swapIntoProduction({ lastSwap }: Slots): number | undefined {
  const names = [lastSwap?.from.toLowerCase(), lastSwap?.to.toLowerCase()];
  return names.includes(PRODUCTION) ? lastSwap?.at : undefined;
}
