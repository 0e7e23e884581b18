import { createOrUpdate, get as getPlan } from '@azure/arm-appservice/api/appServicePlans';
import { get as getSite } from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import {
  type Handle,
  type Json,
  type Observation,
  type Operation,
  type Progress,
  recoverByLooking,
} from '../../operation.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Arm } from './client.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { understood } from './slots.ts';

export const SCALE = 'scale';

const Input = z.strictObject({ group: z.string(), plan: z.string(), to: z.int(), from: z.int() });
type Input = z.infer<typeof Input>;

const LIMIT_MS = 20 * 60_000;
const LONGEST_SUBMIT_MS = 30_000;
/** Those whose number of instances people set; the others scale by themselves or not at all. */
const BY_HAND = /^(basic|standard|premium|isolated)/i;

const Site = z.object({ serverFarmId: z.string().nullish() });
const Plan = z.object({
  location: z.string(),
  sku: z.object({ tier: z.string().nullish(), capacity: z.number() }),
  numberOfSites: z.number().nullish(),
  provisioningState: z.string().nullish(),
  elasticScaleEnabled: z.boolean().nullish(),
});
type Plan = z.infer<typeof Plan>;

/** The plan that the app runs on, and how many instances it has. @throws OutsideError; Refusal when it has none of its own. */
export async function planOf(
  arm: Arm,
  signal: AbortSignal,
): Promise<Pick<Input, 'group' | 'plan'> & { readonly instances: number }> {
  const attempted = 'read the web app';
  const answer = await arm.read(
    attempted,
    (o) => getSite(arm.context, arm.group, arm.app, o),
    signal,
  );
  const id = understood(Site, answer, attempted, arm).serverFarmId ?? '';
  const [, group, plan] = /\/resourceGroups\/([^/]+)\/.*\/serverfarms\/([^/]+)$/i.exec(id) ?? [];
  if (group === undefined || plan === undefined) {
    throw new Refusal('not-possible', `Azure names no App Service plan for ${arm.app}.`);
  }
  const { sku } = await readPlan(arm, { group, plan }, signal);
  return { group, plan, instances: sku.capacity };
}

/** Another number of instances of the App Service plan, for every app on it. Its size and everything else stays. */
export function createScale(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const parse = (input: Json) => Input.parse(input);
  const words = (n: number): string => (n === 1 ? '1 instance' : `${n} instances`);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { to, ...at } = parse(input);
    const plan = await readPlan(arm, at, signal);
    const moving = isMoving(plan);
    return {
      fingerprint: words(plan.sku.capacity),
      expected: words(to),
      moving,
      note: `${words(plan.sku.capacity)} of plan ${at.plan}${moving ? ', being changed' : ''}`,
    };
  }

  async function poll(handle: Handle, signal: AbortSignal): Promise<Progress> {
    const { to, from, ...at } = parse(handle);
    const plan = await readPlan(arm, at, signal);
    const { capacity } = plan.sku;
    if (isMoving(plan)) return { state: 'running', note: `Azure is changing plan ${at.plan}.` };
    if (capacity === to) return { state: 'succeeded' };
    return capacity === from
      ? { state: 'running', note: 'Azure does not show the number yet.' }
      : { state: 'failed', reason: `It was set to ${words(capacity)} meanwhile.` };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: settings.quietSeconds * 1000,
    limitMs: LIMIT_MS,
    usualMs: 60_000,
    pollMs: settings.pollSeconds * 1000,
    title: (input) => `Scale App Service plan ${parse(input).plan} to ${words(parse(input).to)}`,
    observe,
    async describe(input, signal) {
      const { to, ...at } = parse(input);
      const { sku, numberOfSites } = await readPlan(arm, at, signal);
      const shared =
        (numberOfSites ?? 1) > 1 ? `, for all ${numberOfSites} apps and slots on it` : '';
      return [{ what: `plan ${at.plan}${shared}`, from: words(sku.capacity), to: words(to) }];
    },
    async preflight(input, signal) {
      const { plan: name, ...at } = parse(input);
      const plan = await readPlan(arm, { plan: name, ...at }, signal);
      const tier = plan.sku.tier ?? 'unknown';
      const scales = BY_HAND.test(tier) && plan.elasticScaleEnabled !== true;
      return [
        scales
          ? pass('The plan is scaled by hand', `Its tier is ${tier}.`)
          : fail('The plan is scaled by hand', `Its tier is ${tier}, which scales by itself.`),
        isMoving(plan)
          ? fail('Nothing else is under way', `Azure is changing plan ${name}.`)
          : pass('Nothing else is under way', `Plan ${name} is not being changed.`),
        warn(
          'The number stays',
          'A rule of autoscale, where there is one, may set it again: raise its minimum then.',
        ),
      ];
    },
    async submit(input, intent, signal): Promise<Handle> {
      const { to, from, ...at } = parse(input);
      const answer = await arm.read(
        'read the plan',
        (o) => getPlan(arm.context, at.group, at.plan, o),
        signal,
      );
      // A PUT is the whole plan, so that what it leaves out is not set back.
      const body = { ...answer, sku: { ...answer.sku, capacity: to } };
      await arm.change(
        `scale it to ${words(to)}`,
        async (o) => {
          const poller = createOrUpdate(arm.context, at.group, at.plan, body, o);
          await poller.submitted();
        },
        { requestId: requestIdOf(intent.key), timeoutMs: LONGEST_SUBMIT_MS, signal },
      );
      return { ...at, to, from };
    },
    poll,
    async recover(input, intent, handle, signal) {
      const judged = recoverByLooking(await observe(input, signal), intent);
      if (judged.state !== 'not-started' || handle === undefined) return judged;
      const progress = await poll(handle, signal);
      return progress.state === 'running'
        ? { state: 'in-flight', note: progress.note ?? '' }
        : judged;
    },
    undo(input) {
      const { to, from, ...at } = parse(input);
      return { operation: SCALE, input: { ...at, to: from, from: to } };
    },
    manual(input) {
      const { group, plan, to } = parse(input);
      const where = `--subscription ${arm.subscription} --resource-group ${group} --name ${plan}`;
      return `az appservice plan update ${where} --number-of-workers ${to} sets the number for every app on the plan; az appservice plan show ${where} --query "[sku.capacity,provisioningState]" shows it. Autoscale may set it again: raise its minimum where it does.`;
    },
  };
}

async function readPlan(
  arm: Arm,
  { group, plan }: Pick<Input, 'group' | 'plan'>,
  signal: AbortSignal,
): Promise<Plan> {
  const attempted = 'read the plan';
  const answer = await arm.read(attempted, (o) => getPlan(arm.context, group, plan, o), signal);
  return understood(Plan, answer, attempted, arm);
}

function isMoving({ provisioningState }: Plan): boolean {
  return /inprogress/i.test(provisioningState ?? '');
}
