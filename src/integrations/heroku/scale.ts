import { z } from 'zod';
import { type Json, type Observation, type Operation, recoverByLooking } from '../../operation.ts';
import type { App } from './app.ts';
import type { HerokuAppSettings } from './schema.ts';

export const SCALE = 'scale';

const Input = z.strictObject({ to: z.int(), from: z.int() });

/** `heroku ps:scale`: another number of dynos of one process type; their size stays. */
export function createScale(heroku: App, { app, processType }: HerokuAppSettings): Operation {
  const parse = (input: Json) => Input.parse(input);
  const words = (quantity: number): string => `${quantity} ${processType} dynos`;
  const up = async (signal: AbortSignal): Promise<number> =>
    (await heroku.dynos(signal)).filter(
      ({ type, state }) => type === processType && (state === 'up' || state === 'idle'),
    ).length;

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { to } = parse(input);
    const [quantity, running] = await Promise.all([heroku.quantity(signal), up(signal)]);
    return {
      fingerprint: words(quantity),
      expected: words(to),
      moving: quantity === to && running !== to,
      note: `${words(quantity)} of ${app}`,
    };
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs: 20_000,
    limitMs: 10 * 60_000,
    usualMs: 30_000,
    pollMs: 3_000,
    title: (input) => `Scale ${processType} of Heroku app ${app} to ${parse(input).to}`,
    observe,
    async describe(input, signal) {
      const { to } = parse(input);
      return [{ what: `app ${app}`, from: words(await heroku.quantity(signal)), to: words(to) }];
    },
    async preflight(input, signal) {
      const { from } = parse(input);
      const quantity = await heroku.quantity(signal);
      return [
        {
          name: 'formation',
          verdict: 'pass',
          reason: quantity === from ? words(quantity) : `${words(quantity)} by now`,
          blocking: false,
        },
      ];
    },
    async submit(input, _intent, signal) {
      const { to } = parse(input);
      await heroku.api.change(
        {
          method: 'PATCH',
          attempted: `scale it to ${to}`,
          on: app,
          path: `${heroku.path}/formation/${processType}`,
          body: { quantity: to },
        },
        signal,
      );
      return { to };
    },
    async poll(handle, signal) {
      const { to } = z.object({ to: z.int() }).parse(handle);
      const [quantity, running] = await Promise.all([heroku.quantity(signal), up(signal)]);
      if (quantity !== to) {
        return { state: 'failed', reason: `It was set to ${words(quantity)} meanwhile.` };
      }
      return running === to
        ? { state: 'succeeded' }
        : { state: 'running', note: `${running} of ${to} dynos are up.` };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    undo(input) {
      const { to, from } = parse(input);
      return { operation: SCALE, input: { to: from, from: to } };
    },
    manual(input) {
      const { to } = parse(input);
      return `heroku ps:scale ${processType}=${to} -a ${app} sets the number; heroku ps -a ${app} shows when all of them are up.`;
    },
  };
}
