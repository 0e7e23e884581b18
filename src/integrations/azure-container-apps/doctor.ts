import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { checkImages, imagesFound } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import { type App, liveRevision, readApp } from './revisions.ts';
import { hindrance } from './versions.ts';

/** Checks by reading: sign-in, the app, which revision runs, its images, and whether an earlier one can take over. Never throws. */
export async function examine(
  arm: Arm,
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const resource = arm.calls.subject.on;
  let app: App | undefined;
  const first = await finding(`Azure sign-in and ${resource}`, 'fail', async () => {
    app = await readApp(arm, signal);
    return passed(`readable, in ${app.mode} revision mode`);
  });
  if (!app) return [first];
  const found = app;
  const rest = await Promise.all([
    finding(`${resource}: the release that runs`, 'fail', async () => {
      const { label, name } = liveRevision(found, arm);
      return passed(`${label} in revision ${name}`);
    }),
    finding(`${resource}: its images`, 'warn', async () => {
      const { images } = liveRevision(found, arm);
      return imagesFound(await checkImages(images, (one) => registries.placeOf(one), signal));
    }),
    finding(`${resource}: earlier releases`, 'warn', async () => {
      const live = liveRevision(found, arm);
      const earlier = found.revisions.filter((one) => one.runs !== live.runs);
      const able = earlier.filter((one) => hindrance(found, one) === undefined);
      if (able.length > 0) return passed(`${able.length} can take over, newest ${able[0]?.label}`);
      const reason = earlier[0] && hindrance(found, earlier[0]);
      const next =
        'Keep the previous revision (`maxInactiveRevisions`), active where traffic is shared.';
      return warned(reason ?? 'the app has no earlier revision', next);
    }),
  ]);
  return [first, ...rest];
}
