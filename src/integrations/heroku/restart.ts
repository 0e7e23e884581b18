import { z } from 'zod';
import { type Json, type Observation, type Operation, recoverByLooking } from '../../operation.ts';
import type { App, Dyno } from './app.ts';

export const RESTART = 'restart';

const Input = z.strictObject({ dynos: z.array(z.string()).min(1) });
const RESTARTED = 'every dyno is a new one';

/** `heroku ps:restart`: every dyno is replaced. Told by the ids of the dynos, of which none comes back. */
export function createRestart(heroku: App, app: string): Operation {
  const parse = (input: Json) => Input.parse(input);

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { dynos } = parse(input);
    const now = await heroku.dynos(signal);
    const old = now.filter(({ id }) => dynos.includes(id)).length;
    const isNew = old === 0 && now.length > 0;
    return {
      fingerprint: isNew ? RESTARTED : `${old} of ${now.length} as they were`,
      expected: RESTARTED,
      moving: isNew && !now.every(isUp),
      note: `${now.length - old} of ${now.length} dynos of ${app} are new`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: 20_000,
    limitMs: 10 * 60_000,
    usualMs: 60_000,
    pollMs: 3_000,
    title: () => `Restart Heroku app ${app}`,
    observe,
    async describe(input, signal) {
      parse(input);
      const now = await heroku.dynos(signal);
      const up = now.filter(isUp).length;
      return [
        { what: `dynos of ${app}`, from: `${up} of ${now.length} up`, to: 'new ones, all at once' },
      ];
    },
    async preflight(_input, signal) {
      const all = await heroku.releases(signal);
      const pending = all.find(({ status }) => status === 'pending');
      return [
        {
          name: 'release under way',
          verdict: pending ? 'warn' : 'pass',
          reason: pending ? `v${pending.version} restarts them as well` : 'none is',
          blocking: false,
        },
      ];
    },
    async submit(input, _intent, signal) {
      const { dynos } = parse(input);
      await heroku.api.change(
        { method: 'DELETE', attempted: 'restart it', on: app, path: `${heroku.path}/dynos` },
        signal,
      );
      return { dynos };
    },
    async poll(handle, signal) {
      const { fingerprint, moving, note } = await observe(handle, signal);
      return fingerprint === RESTARTED && !moving
        ? { state: 'succeeded' }
        : { state: 'running', note: `${note}.` };
    },
    async recover(input, intent, _handle, signal) {
      return recoverByLooking(await observe(input, signal), intent);
    },
    manual: () =>
      `heroku ps:restart -a ${app} restarts every dyno at once; heroku ps -a ${app} shows when all of them are up again.`,
  };
}

function isUp({ state }: Dyno): boolean {
  return state === 'up' || state === 'idle';
}
