import {
  listSlotConfigurationNames,
  listSlotDifferencesSlot,
} from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import type { Arm } from './client.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { PRODUCTION, understood } from './slots.ts';

/** A setting that is not the same in both slots. Its values are never kept: they may be secrets. */
export interface Difference {
  readonly name: string;
  /** It stays with its slot, so that a release meets another value after the swap. */
  readonly isSticky: boolean;
  readonly level: 'information' | 'warning' | 'error';
}

const Entry = z.object({
  level: z.string().nullish(),
  settingName: z.string().min(1),
});

const Names = z.object({
  appSettingNames: z.array(z.string()).nullish(),
  connectionStringNames: z.array(z.string()).nullish(),
  azureStorageConfigNames: z.array(z.string()).nullish(),
});

/**
 * The settings that differ between the slots, by name; without those that tell the release.
 * @throws OutsideError
 */
export async function readDifferences(
  arm: Arm,
  settings: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<readonly Difference[]> {
  const { context, group, app, slot } = arm;
  const attempted = 'compare the settings of the slots';
  const target = { targetSlot: PRODUCTION, preserveVnet: true };
  const [value, sticky] = await Promise.all([
    arm.read(
      attempted,
      async (o) => {
        const entries: unknown[] = [];
        for await (const one of listSlotDifferencesSlot(context, group, app, slot, target, o)) {
          entries.push(one);
        }
        return entries;
      },
      signal,
    ),
    readStickyNames(arm, signal),
  ]);
  const own = new Set([settings.versionSetting, settings.commitSetting]);
  return understood(z.array(Entry), value, attempted, arm)
    .filter((entry) => !own.has(entry.settingName))
    .map((entry) => ({
      name: entry.settingName,
      isSticky: sticky.has(entry.settingName) || entry.settingName.endsWith('_EXTENSION_VERSION'),
      level: levelOf(entry.level),
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Names of the settings, connection strings and mounted storage that stay with their slot.
 * @throws OutsideError
 */
export async function readStickyNames(arm: Arm, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const attempted = 'read which settings stay with their slot';
  const value = await arm.read(
    attempted,
    (o) => listSlotConfigurationNames(arm.context, arm.group, arm.app, o),
    signal,
  );
  const names = understood(Names, value, attempted, arm);
  return new Set([
    ...(names.appSettingNames ?? []),
    ...(names.connectionStringNames ?? []),
    ...(names.azureStorageConfigNames ?? []),
  ]);
}

function levelOf(level: string | null | undefined): Difference['level'] {
  const lower = level?.toLowerCase();
  return lower === 'warning' || lower === 'error' ? lower : 'information';
}
