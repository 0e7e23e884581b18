import { restart } from '@azure/arm-appservice/api/webApps';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Handle,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import { findRequest, type Logged } from './activity-log.ts';
import type { Arm } from './client.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { readProduction, type Slot } from './slots.ts';

export const RESTART = 'restart';

/** What the request is marked with, and since when Azure's activity log is read for it, epoch milliseconds. */
const Input = z.strictObject({ key: z.string().min(1), since: z.int() });

/** The activity log may be this late; a request of which it shows nothing is not sent again before. */
const LOG_LAG_MS = 10 * 60_000;
const LIMIT_MS = 20 * 60_000;
const LONGEST_SUBMIT_MS = 30_000;
const ASKED = 'restarted';
const NOT_ASKED = 'not restarted yet';

/** The input of a restart that is planned at `at`. */
export function restartInput(key: string, at: number): Json {
  // The same for an hour, so that a plan looked at again is the same plan.
  const hour = 3_600_000;
  return { key, since: Math.floor(at / hour) * hour };
}

/**
 * Restarts every instance of production. App Service shows no trace of it but in the activity log, so the request carries
 * an id made from the plan's key: what was asked for twice under one key is one restart for whoever looks.
 */
export function createRestart(arm: Arm, settings: AzureAppServiceSettings): Operation {
  const { app, group } = arm;
  const parse = (input: Json) => Input.parse(input);

  /** Undefined where the log may not be read. */
  async function logged(input: Json, signal: AbortSignal): Promise<Logged | undefined> {
    const { key, since } = parse(input);
    try {
      return await findRequest(arm, 'restart', requestIdOf(key), since, signal);
    } catch (error) {
      if (error instanceof OutsideError && !error.retryable) return undefined;
      throw error;
    }
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const [production, log] = await Promise.all([
      readProduction(arm, settings, signal),
      logged(input, signal),
    ]);
    const wasAsked = log === 'succeeded' || log === 'accepted';
    const state = stateOf(production);
    return {
      fingerprint: state ?? (wasAsked ? ASKED : NOT_ASKED),
      expected: ASKED,
      moving: false,
      note: state ?? `${app} ${wasAsked ? ASKED : NOT_ASKED}`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: LOG_LAG_MS,
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
    title: () => `Restart web app ${app}`,
    observe,
    async describe(input, signal) {
      parse(input);
      const { release } = await readProduction(arm, settings, signal);
      return [
        {
          what: `every instance of ${app}`,
          from: `running ${release?.label ?? 'an unknown release'}`,
          to: 'started anew with the same release; requests under way are cut',
        },
      ];
    },
    async preflight(input, signal) {
      const [production, log] = await Promise.all([
        readProduction(arm, settings, signal),
        logged(input, signal),
      ]);
      const state = stateOf(production);
      const name = 'A lost answer can be cleared up';
      return [
        state === undefined
          ? pass('The app is running', `${app} is started.`)
          : fail('The app is running', `${app} is ${state}; start it in the portal.`),
        log === undefined
          ? warn(name, 'The activity log may not be read: were an answer lost, a person decides.')
          : pass(name, 'The activity log is readable.'),
      ];
    },
    async submit(input, _intent, signal): Promise<Handle> {
      const { key } = parse(input);
      await arm.change('restart the app', (o) => restart(arm.context, group, app, o), {
        requestId: requestIdOf(key),
        timeoutMs: LONGEST_SUBMIT_MS,
        signal,
      });
      return { accepted: true };
    },
    // Azure answers once it is restarting; whether the app serves again, the probes tell.
    poll: async (_handle, signal) => {
      signal.throwIfAborted();
      return { state: 'succeeded' };
    },
    async recover(input, intent, handle, signal) {
      const seen = await observe(input, signal);
      if (handle !== undefined && seen.fingerprint === NOT_ASKED) {
        return { state: 'done' };
      }
      const judged = recoverByLooking(seen, intent);
      if (judged.state !== 'not-started' || (await logged(input, signal)) !== undefined) {
        return judged;
      }
      const reason =
        'No answer came, and the activity log may not be read: see in the portal, under Activity log, whether the app was restarted.';
      return { state: 'unknown', reason };
    },
    manual(input) {
      parse(input);
      const where = `--subscription ${arm.subscription} --resource-group ${group} --name ${app}`;
      return `az webapp restart ${where} restarts every instance; az webapp show ${where} --query state shows Running, and the activity log of ${app} in the portal shows who restarted it when.`;
    },
  };
}

function stateOf({ isEnabled, isRunning }: Slot): string | undefined {
  if (!isEnabled) return 'disabled';
  return isRunning ? undefined : 'stopped';
}
