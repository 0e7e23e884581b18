import { getConfiguration, getConfigurationSlot } from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import { migrationsCheck, readMigrations } from './app-migrations.ts';
import type { Arm } from './client.ts';
import { containerChecks } from './container.ts';
import { type Deployment, readDeployments } from './deployments.ts';
import { type Difference, readDifferences, readStickyNames } from './differences.ts';
import { ranBeforeCheck } from './ran-before.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { PRODUCTION, readSlots, type Slots, understood } from './slots.ts';
import { labelOf, type SwapInput } from './swap-input.ts';
import { askSlot } from './warm-up.ts';

const Config = z.object({
  healthCheckPath: z.string().nullish(),
  autoSwapSlotName: z.string().nullish(),
  linuxFxVersion: z.string().nullish(),
  windowsFxVersion: z.string().nullish(),
  experiments: z
    .object({
      rampUpRules: z.array(z.object({ reroutePercentage: z.number().nullish() })).nullish(),
    })
    .nullish(),
});
type Config = z.infer<typeof Config>;

/**
 * What must hold before the slots are swapped. Reasons name no durations and no times, so that two looks at the same
 * world give the same checks.
 * @throws OutsideError when the app itself cannot be read; the signal's reason when it was aborted.
 */
export async function checkSwap(
  arm: Arm,
  settings: AzureAppServiceSettings,
  input: SwapInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const [slots, config, sticky, differences, histories] = await Promise.all([
    readSlots(arm, settings, signal),
    attempt(() => readConfigs(arm, signal)),
    attempt(() => readStickyNames(arm, signal)),
    attempt(() => readDifferences(arm, settings, signal)),
    attempt(() => readHistories(arm, signal)),
  ]);
  return [
    appCheck(slots, arm),
    slotCheck(slots),
    releaseCheck(slots, input),
    ...('failed' in histories
      ? []
      : ranBeforeCheck(
          slots,
          histories.value.map(({ deployments }) => deployments),
        )),
    idleCheck(slots, histories),
    recognitionCheck(sticky, settings),
    await warmCheck(slots, config, settings, signal),
    ...('value' in config
      ? await containerChecks(runsIn(config.value.slot), arm.slot, arm.registries, signal)
      : []),
    differencesCheck(differences, input, arm),
    routingCheck(config, arm),
    ...(settings.migrations
      ? [migrationsCheck(await readMigrations(settings.migrations, signal))]
      : []),
  ];
}

function appCheck({ production }: Slots, arm: Arm): Check {
  const name = 'The app is enabled';
  if (!production.isEnabled) return fail(name, `${arm.app} is disabled; enable it in the portal.`);
  if (!production.isRunning) return fail(name, `${arm.app} is stopped; start it in the portal.`);
  return pass(name, `${arm.app} is enabled and started.`);
}

function slotCheck({ other }: Slots): Check {
  const name = 'The slot is running';
  if (!other.isEnabled) return fail(name, `Slot ${other.name} is disabled; enable it first.`);
  if (!other.isRunning) return fail(name, `Slot ${other.name} is stopped; start it first.`);
  return pass(name, `Slot ${other.name} is started.`);
}

function releaseCheck({ production, other }: Slots, input: SwapInput): Check {
  const name = 'The slot holds the release';
  const wanted = labelOf(input.release);
  if (production.release?.id === input.release) {
    return fail(name, `${wanted} is in production already; a swap would take it away again.`);
  }
  if (!other.release) return fail(name, `Slot ${other.name} does not say which release it holds.`);
  if (other.release.id !== input.release) {
    return fail(name, `Slot ${other.name} holds ${other.release.label}, not ${wanted}.`);
  }
  if (production.release?.id !== input.replaces) {
    const found = production.release?.label ?? 'an unknown release';
    return fail(name, `Production holds ${found} now, not ${labelOf(input.replaces)}.`);
  }
  return pass(name, `Slot ${other.name} holds ${wanted}.`);
}

function idleCheck(slots: Slots, histories: Outcome<readonly History[]>): Check {
  const name = 'Nothing else is under way';
  if (slots.operation) {
    return fail(name, 'Another operation is changing the app; wait until it has ended.');
  }
  if (slots.prepared) {
    return fail(
      name,
      'A swap with preview is half done; finish or cancel it under Deployment slots.',
    );
  }
  if ('failed' in histories) return pass(name, 'No swap is in progress.');
  const deploying = histories.value.filter(({ deployments }) =>
    deployments?.some((one) => one.isUnderWay),
  );
  if (deploying.length > 0) {
    const where = deploying.map(({ slot }) => slot).join(' and ');
    return fail(name, `A deployment to ${where} is in progress.`);
  }
  return pass(name, 'No swap and no deployment is in progress.');
}

function recognitionCheck(
  sticky: Outcome<ReadonlySet<string>>,
  settings: AzureAppServiceSettings,
): Check {
  const name = 'The swap can be recognised';
  const own = [settings.versionSetting, settings.commitSetting];
  if ('failed' in sticky) {
    return { name, verdict: 'unknown', reason: sticky.failed, blocking: true };
  }
  const fixed = own.filter((setting) => sticky.value.has(setting));
  if (fixed.length > 0) {
    const text = `${fixed.join(' and ')} must move with the release: take the mark "deployment slot setting" off.`;
    return fail(name, text);
  }
  return pass(name, `${own.join(' and ')} move with the release.`);
}

async function warmCheck(
  { other }: Slots,
  config: Outcome<Configs>,
  settings: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The slot answers';
  const path = ('value' in config && config.value.slot.healthCheckPath) || '/';
  const url = settings.slotUrl ?? (other.hostName && `https://${other.hostName}${path}`);
  const silent = (reason: string): Check => ({ name, verdict: 'unknown', reason, blocking: false });
  if (!url) return silent('Azure names no host for the slot; set `slotUrl` to have it asked.');
  const warm = await askSlot(url, signal);
  if ('silent' in warm) {
    return silent(
      `${warm.where} could not be asked from here (${warm.silent}). Azure starts the slot before it swaps, and does not swap when it stays silent.`,
    );
  }
  const said = `${warm.where} answered ${warm.status}`;
  // Any status counts as warm for Azure: a release that answers only errors is swapped all the same.
  if (warm.status >= 500) return fail(name, `${said}: the release in the slot is not healthy.`);
  if (warm.status < 400) return pass(name, `${said}.`);
  return { name, verdict: 'warn', reason: `${said}; it may refuse strangers.`, blocking: false };
}

function differencesCheck(
  differences: Outcome<readonly Difference[]>,
  input: SwapInput,
  arm: Arm,
): Check {
  const name = 'The settings fit';
  if ('failed' in differences) {
    return { name, verdict: 'unknown', reason: differences.failed, blocking: false };
  }
  const errors = differences.value.filter((one) => one.level === 'error');
  if (errors.length > 0) {
    return fail(name, `Azure reports settings that do not allow a swap: ${namesOf(errors)}.`);
  }
  const told = differences.value.filter((one) => one.level === 'warning' && !one.isSticky);
  const sticky = differences.value.filter((one) => one.isSticky);
  const parts = [
    sticky.length > 0 &&
      `${labelOf(input.release)} will see production's value of ${namesOf(sticky)}, not that of ${arm.slot}`,
    told.length > 0 && `Azure warns about ${namesOf(told)}`,
  ].filter((part) => part !== false);
  if (parts.length === 0) return pass(name, 'No setting that stays with its slot differs.');
  return { name, verdict: 'warn', reason: `${parts.join('; ')}.`, blocking: false };
}

function routingCheck(config: Outcome<Configs>, arm: Arm): Check {
  const name = 'All traffic goes to production';
  if ('failed' in config) {
    return { name, verdict: 'unknown', reason: config.failed, blocking: false };
  }
  const rules = config.value.production.experiments?.rampUpRules ?? [];
  const warn = (reason: string): Check => ({ name, verdict: 'warn', reason, blocking: false });
  const share = rules.reduce((sum, { reroutePercentage }) => sum + (reroutePercentage ?? 0), 0);
  if (share > 0) {
    return warn(
      `${share}% of requests are routed to a slot, and would meet another release there.`,
    );
  }
  if (config.value.slot.autoSwapSlotName) {
    return warn(`Auto swap is on: the next push to ${arm.slot} would undo the rollback.`);
  }
  return pass(name, 'No traffic is routed to slots, and auto swap is off.');
}

/** What it runs on, or the image that it runs. */
export function runsIn({ linuxFxVersion, windowsFxVersion }: Config): string | undefined {
  return linuxFxVersion || windowsFxVersion || undefined;
}

interface Configs {
  readonly production: Config;
  readonly slot: Config;
}

/** @throws OutsideError */
export async function readConfigs(arm: Arm, signal: AbortSignal): Promise<Configs> {
  const { context, group, app, slot } = arm;
  const what = 'read the configuration';
  const [production, beside] = await Promise.all([
    arm.read(what, (o) => getConfiguration(context, group, app, o), signal),
    arm.read(what, (o) => getConfigurationSlot(context, group, app, slot, o), signal),
  ]);
  return {
    production: understood(Config, production, what, arm),
    slot: understood(Config, beside, what, arm),
  };
}

interface History {
  readonly slot: string;
  readonly deployments: readonly Deployment[] | undefined;
}

async function readHistories(arm: Arm, signal: AbortSignal): Promise<readonly History[]> {
  return Promise.all(
    [PRODUCTION, arm.slot].map(async (slot) => ({
      slot,
      deployments: await readDeployments(arm, slot, signal),
    })),
  );
}

type Outcome<T> = { readonly value: T } | { readonly failed: string };

/** A read that a check can do without: its failure in words. An abort still throws. */
async function attempt<T>(read: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    if (error instanceof OutsideError) return { failed: error.message };
    throw error;
  }
}

function namesOf(differences: readonly Difference[]): string {
  return differences.map((one) => one.name).join(', ');
}
