/** Where the ways in lead somewhere: an incident at work, a plan, a halted run and so on, brought about in Slack. */

import { expect, type TestContext } from 'vitest';
import { azureFaults } from '../../../src/sandbox/cloud/index.ts';
import type { Stage } from '../../../src/sandbox/stage.ts';
import { assess, planRollback } from '../../../src/sandbox/stories/scenes.ts';
import { joinChannel } from '../../../src/sandbox/workspace/membership.ts';
import type { Person } from '../../../src/sandbox/workspace/person.ts';
import { aBot, type Bot } from '../../support/a-bot.ts';
import { eventually, settled, withDrills } from '../watch.ts';
import { channelNamed } from './send.ts';
import type { World } from './ways.ts';

export interface Scene {
  readonly bot: Bot;
  /** The id of the incident, and the name of its channel. */
  readonly incident: string;
  readonly channel: string;
  /** Another that is open; undefined where there is none. */
  readonly other: string | undefined;
}

export const ALERT_SECRET = 'a-secret-of-some-length';
const LONG = { timeoutMs: 60_000 };

/** The bot over HTTP, with everything that the ways in lead to. @param before what to do in the workspace first. */
function start(test: TestContext, before?: (stage: Stage) => void): Promise<Bot> {
  return aBot(test, {
    mode: 'http',
    settings: { statusPage: true, flags: true },
    config: (text) =>
      withDrills(text).replace(
        'incidents:\n',
        `incidents:\n  alerts: { tests: { kind: generic, secret: ${ALERT_SECRET} } }\n`,
      ),
    ...(before ? { before } : {}),
  });
}

/** Ben has declared it and leads; everybody is in its channel. */
async function declared(bot: Bot, title: string): Promise<{ id: string; channel: string }> {
  const { ana, ben, cleo, dee } = bot.stage.people;
  await ben.command('incidents', `/incident ${title}`);
  await ben.seesModal('Declare an incident');
  await ben.pick('Service', 'Checkout');
  await ben.pick('Environment', 'production');
  await ben.submit();
  await eventually('it has a channel', () => channelOf(bot, title) !== undefined);
  const channel = channelOf(bot, title) ?? '';
  const { id } = bot.incident();
  const { slack } = bot.stage.workspace;
  for (const { id: user } of [ana, ben, cleo, dee])
    joinChannel(slack, channelNamed(bot, channel), user);
  await ben.sees('How many users are affected?', { channel });
  await ben.command(channel, '/incident command');
  await settled(bot);
  return { id, channel };
}

function channelOf(bot: Bot, title: string): string | undefined {
  return bot.incidents().find((each) => each.title === title)?.channel?.name;
}

/** One that is closed, one beside, and the one it is about. */
export async function anIncident(
  test: TestContext,
  before?: (stage: Stage) => void,
): Promise<Scene & { readonly closed: { readonly id: string; readonly channel: string } }> {
  const bot = await start(test, before);
  const { ben } = bot.stage.people;
  const closed = await declared(bot, 'an old one');
  await ben.command(closed.channel, '/incident resolve it is over');
  await ben.command(closed.channel, '/incident close nothing is left to do');
  const other = await declared(bot, 'the same again');
  const { id, channel } = await declared(bot, 'checkout is failing');
  await settled(bot);
  return { bot, incident: id, channel, other: other.id, closed };
}

const AROUND: Readonly<Record<World, (test: TestContext) => Promise<Scene>>> = {
  'an incident': anIncident,

  'a plan': planned,

  async 'a lonely plan'(test) {
    const scene = await planned(test);
    await scene.bot.stage.people.ana.click('Request approval', { channel: scene.channel });
    return scene;
  },

  'a halted run': halted,
  'a retried run': halted,
  'a needless run': halted,
  'an unwanted run': halted,

  async 'a run in vain'(test) {
    const scene = await alone(test);
    scene.bot.stage.cloud.shop.stayBroken(true);
    await approved(scene);
    await scene.bot.stage.people.ben.sees('did not recover', { channel: scene.channel, ...LONG });
    return scene;
  },

  async 'a quick fix'(test) {
    const scene = await alone(test);
    const { bot, channel } = scene;
    const answers = ['5% or more', 'No', 'No', 'Up, at normal speed', 'No, people are blocked'];
    await assess(bot.stage, channel, [...answers, 'Under 15 minutes']);
    await bot.stage.people.ben.click('Confirm quick fix', { channel });
    await bot.stage.people.ana.sees('was opened', { channel, ...LONG });
    return scene;
  },

  async 'a release'(test) {
    const bot = await start(test);
    const { cleo } = bot.stage.people;
    await cleo.command('incidents', '/release checkout 2.4.0');
    await cleo.seesModal('Prepare a release');
    await cleo.fill('Changes included', 'Cart totals.');
    await cleo.submit();
    const channel = 'rel-0001-checkout-2-4-0';
    await cleo.sees('Pre-deployment checklist', { channel });
    await eventually('its plan is made', () => bot.incident().planWanted === undefined);
    return { bot, incident: 'REL-0001', channel, other: undefined };
  },

  async alerts(test) {
    const scene = await alone(test);
    for (const environment of ['staging', 'production']) {
      const body = JSON.stringify({
        title: `Errors in ${environment}`,
        service: 'checkout',
        environment,
      });
      const headers = { authorization: `Bearer ${ALERT_SECRET}` };
      const url = `${scene.bot.address}/alerts/tests`;
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
    }
    await scene.bot.stage.people.ben.sees('Not an incident', { channel: 'incidents' });
    return scene;
  },
};

/** Brings the world about. */
export async function worldOf(world: World, test: TestContext): Promise<Scene> {
  const scene = await AROUND[world](test);
  await settled(scene.bot);
  return scene;
}

async function alone(test: TestContext): Promise<Scene> {
  const bot = await start(test);
  const { id, channel } = await declared(bot, 'checkout is failing');
  return { bot, incident: id, channel, other: undefined };
}

async function planned(test: TestContext): Promise<Scene> {
  const scene = await alone(test);
  await scene.bot.stage.people.ben.command(scene.channel, '/rollback');
  await scene.bot.stage.people.ben.sees('Request approval', { channel: scene.channel });
  return scene;
}

async function halted(test: TestContext): Promise<Scene> {
  const scene = await alone(test);
  const { stage } = scene.bot;
  stage.cloud.faults.azure.add({ on: 'POST slotsswap', fault: azureFaults.forbidden() });
  await approved(scene);
  await stage.people.ben.sees('Done by hand…', { channel: scene.channel, ...LONG });
  return scene;
}

async function approved({ bot, channel }: Scene): Promise<void> {
  await planRollback(bot.stage, channel);
  await bot.stage.people.ben.click('Approve', { channel });
}

/** Who does it. */
export function personNamed({ bot }: Scene, name: 'ana' | 'ben' | 'cleo' | 'dee'): Person {
  return bot.stage.people[name];
}
