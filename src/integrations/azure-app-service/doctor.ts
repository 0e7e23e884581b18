import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { checkImages, imagesFound } from '../registry/images-check.ts';
import { readActivityLog } from './activity-log.ts';
import type { Arm } from './client.ts';
import { imageIn } from './container.ts';
import { readDeployments } from './deployments.ts';
import { readDifferences, readStickyNames } from './differences.ts';
import { readConfigs, runsIn } from './preflight.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { PRODUCTION, readSlots } from './slots.ts';

const HOUR_MS = 3_600_000;

/** Checks by reading: sign-in, both slots, the settings that tell the release, and the rights that only help. Never throws. */
export async function examine(
  arm: Arm,
  settings: AzureAppServiceSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const resource = `web app ${arm.app}`;
  const slots = await finding(
    `Azure sign-in, ${resource} and slot ${arm.slot}`,
    'fail',
    async () => {
      const found = await readSlots(arm, settings, signal);
      const stopped = [found.production, found.other].filter((slot) => !slot.isRunning);
      if (stopped.length > 0) {
        const names = stopped.map((slot) => slot.name).join(' and ');
        return warned(`readable, but ${names} is stopped`, `Start ${names} in the portal.`);
      }
      const [live, other] = [found.production.release?.label, found.other.release?.label];
      const held = `production holds ${live ?? 'an unknown release'}, ${arm.slot} holds ${other ?? 'an unknown release'}`;
      if (live !== undefined && other !== undefined) return passed(held);
      const next = `Let each deployment set ${settings.commitSetting} and ${settings.versionSetting} in the slot's app settings.`;
      return { verdict: 'fail', reason: held, next };
    },
  );
  if (slots.verdict === 'fail' || slots.verdict === 'unknown') return [slots];
  const images = imageFindings(arm, signal);
  const rest = await Promise.all([
    finding(`${resource}: the release moves with a swap`, 'fail', async () => {
      const sticky = await readStickyNames(arm, signal);
      const fixed = [settings.versionSetting, settings.commitSetting].filter((n) => sticky.has(n));
      if (fixed.length === 0) return passed('its settings are not bound to a slot');
      const next = 'Take the mark "deployment slot setting" off them under Environment variables.';
      return { verdict: 'fail', reason: `${fixed.join(' and ')} stay with their slot`, next };
    }),
    finding(`${resource}: compare the slots' settings`, 'warn', async () => {
      const differences = await readDifferences(arm, settings, signal);
      return passed(`readable; ${differences.length} settings differ`);
    }),
    finding(`${resource}: deployment history`, 'warn', async () => {
      const [here, beside] = await Promise.all(
        [PRODUCTION, arm.slot].map((name) => readDeployments(arm, name, signal)),
      );
      if (here && beside) return passed('readable');
      const next = 'Without it nobody is named as the author of a release; grant deployments/read.';
      return warned('it cannot be read', next);
    }),
    finding(`${resource}: activity log`, 'warn', async () => {
      await readActivityLog(arm, Date.now() - HOUR_MS, signal);
      return passed('readable');
    }),
  ]);
  return [slots, ...rest, ...(await images)];
}

/** Of an app that runs a container: whether Backstop could look for the image of the slot. */
async function imageFindings(arm: Arm, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  let image: string | undefined;
  const read = await finding(`web app ${arm.app}: configuration`, 'warn', async () => {
    image = imageIn(runsIn((await readConfigs(arm, signal)).slot));
    return passed('readable');
  });
  if (read.verdict !== 'pass') return [read];
  const found = image;
  if (found === undefined) return [];
  return [
    await finding(`web app ${arm.app}: its image in ${arm.slot}`, 'warn', async () =>
      imagesFound(await checkImages([found], (one) => arm.registries.placeOf(one), signal)),
    ),
  ];
}
