/** The world beside Slack, as it is now. */

import type { Exchange } from '../cloud/index.ts';
import type { ExchangeInfo, StoryProgress, World } from './protocol.ts';
import type { Run } from './run.ts';
import { systemsOf } from './systems.ts';

/** How many requests of the bot are listed. */
const LISTED = 60;

/** What the page shows beside Slack. */
export function worldOf(run: Run, story: StoryProgress | undefined): World {
  const { cloud, clock } = run.stage;
  const asked = cloud.exchanges.filter(({ service }) => service !== 'shop');
  return {
    now: clock.now(),
    shopUrl: cloud.shop.productionUrl,
    samples: run.watch.samples,
    shopSays: run.watch.says,
    slots: cloud.azure.slots.map(({ name, release }) => ({
      slot: name,
      version: release.version,
      message: release.message,
      author: release.author,
      deployedAt: release.deployedAt,
    })),
    systems: systemsOf(run.stage, run.database),
    hasJobs: run.stage.worker !== undefined,
    exchanges: asked.slice(-LISTED).reverse().map(exchangeInfo),
    bot: run.botState,
    botIsProcess: run.ownProcess,
    slackCutOff: run.slackCutOff,
    azureSlow: run.azureSlow,
    swapWillFail: cloud.faults.azure.active.some(({ on }) => on === 'POST slotsswap'),
    ...(story ? { story } : {}),
  };
}

function exchangeInfo({
  id,
  at,
  service,
  call,
  method,
  path,
  outcome,
  mutating,
}: Exchange): ExchangeInfo {
  const what = call === 'unknown' ? `${method} ${path}` : call;
  return { id, at, service, what, outcome, changes: mutating };
}
