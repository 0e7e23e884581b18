/** Scenes of releases. Each returns when the people in it see what they should. */

import type { Stage } from '../stage.ts';

/** Cleo announces the release; her channel has the plan of its restore point. */
export async function prepareRelease({ people: { cleo } }: Stage): Promise<string> {
  await cleo.command('incidents', '/release checkout 2.4.0');
  await cleo.seesModal('Prepare a release');
  await cleo.fill('Changes included', 'Cart totals, and the pages that explain them.');
  await cleo.submit();
  const channel = 'rel-0001-checkout-2-4-0';
  await cleo.sees('Pre-deployment checklist', { channel });
  await cleo.sees('Capture the restore point', { channel });
  return channel;
}
