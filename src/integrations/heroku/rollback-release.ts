import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import {
  type Change,
  type Check,
  type Json,
  type Observation,
  type Operation,
  recoverByLooking,
} from '../../operation.ts';
import { type App, currentOf, type Release } from './app.ts';

export const ROLLBACK_RELEASE = 'rollback-release';

const Input = z.strictObject({
  slug: z.string(),
  replaces: z.string(),
  label: z.string(),
  live: z.string(),
});

/** `heroku rollback`: a new release with the slug and the config vars of an earlier one. */
export function createRollbackRelease(heroku: App, app: string): Operation {
  const parse = (input: Json) => Input.parse(input);

  /** The newest good release of a slug: the one that people chose. */
  async function find(slug: string, signal: AbortSignal) {
    const all = await heroku.releases(signal);
    const found = all.find((each) => each.slug?.id === slug && each.status === 'succeeded');
    return { all, current: currentOf(all), found };
  }

  async function observe(input: Json, signal: AbortSignal): Promise<Observation> {
    const { slug } = parse(input);
    const { all, current } = await find(slug, signal);
    const [newest] = all;
    const isPending = newest?.status === 'pending' && newest.slug?.id === slug;
    return {
      fingerprint: current?.slug?.id ?? 'none',
      expected: slug,
      moving: isPending,
      note: `v${current?.version ?? 0} of ${app}${isPending ? `, v${newest.version} on its way` : ''}`,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs: 20_000,
    limitMs: 30 * 60_000,
    usualMs: 60_000,
    pollMs: 3_000,
    observe,
    async describe(input, signal): Promise<readonly Change[]> {
      const { slug, label } = parse(input);
      const { all, current } = await find(slug, signal);
      const next = `v${(all[0]?.version ?? 0) + 1}`;
      return [
        {
          what: `app ${app}`,
          from: `v${current?.version ?? 0}`,
          to: `${next}, the code of ${label}`,
        },
        { what: 'config vars', from: 'as they are', to: `as they were at ${label}` },
        { what: 'add-ons', from: 'as they are', to: 'as they are' },
      ];
    },
    async preflight(input, signal): Promise<readonly Check[]> {
      const { slug, label } = parse(input);
      const { all, found } = await find(slug, signal);
      const pending = all.find(({ status }) => status === 'pending');
      return [
        {
          name: 'earlier release',
          verdict: found ? 'pass' : 'fail',
          reason: found ? `${label} is still kept` : `Heroku no longer keeps ${label}`,
          blocking: true,
        },
        {
          name: 'release under way',
          verdict: pending ? 'warn' : 'pass',
          reason: pending
            ? `v${pending.version} is in its release phase, and may come after this one`
            : 'none is',
          blocking: false,
        },
      ];
    },
    async submit(input, _intent, signal) {
      const { slug, label } = parse(input);
      const { found } = await find(slug, signal);
      if (!found) {
        throw new OutsideError({
          kind: 'rejected',
          system: 'Heroku',
          attempted: `go back to ${label}`,
          on: app,
          answer: 'it is no longer kept',
          next: 'Nothing was sent: make the plan anew.',
        });
      }
      const answer = await heroku.api.change(
        {
          method: 'POST',
          attempted: `go back to ${label}`,
          on: app,
          path: `${heroku.path}/releases`,
          body: { release: found.id },
        },
        signal,
      );
      const made = z.object({ id: z.string() }).safeParse(answer).data;
      return { slug, release: made?.id ?? null };
    },
    async poll(handle, signal) {
      const { slug, release } = z
        .object({ slug: z.string(), release: z.string().nullable() })
        .parse(handle);
      const made = release === null ? undefined : await heroku.release(release, signal);
      if (made?.status === 'pending') {
        return { state: 'running', note: `v${made.version} is in its release phase.` };
      }
      if (made && made.status !== 'succeeded') {
        return {
          state: 'failed',
          reason: `The release phase of v${made.version} failed; the release before it still runs.`,
        };
      }
      const { current } = await find(slug, signal);
      if (current?.slug?.id !== slug) {
        return { state: 'failed', reason: `v${current?.version ?? 0} was released meanwhile.` };
      }
      return dynosOf(current, await heroku.dynos(signal));
    },
    async recover(input, intent, _handle, signal) {
      const judged = recoverByLooking(await observe(input, signal), intent);
      if (judged.state !== 'not-started') return judged;
      const { slug } = parse(input);
      const { all } = await find(slug, signal);
      const failed = all.find(
        (each) =>
          each.status === 'failed' &&
          each.slug?.id === slug &&
          Date.parse(each.created_at) >= intent.at,
      );
      if (!failed) return judged;
      return { state: 'diverged', reason: `The release phase of v${failed.version} failed.` };
    },
    undo(input) {
      const { slug, replaces, label, live } = parse(input);
      return {
        operation: ROLLBACK_RELEASE,
        input: { slug: replaces, replaces: slug, label: live, live: label },
      };
    },
    manual(input) {
      const { label } = parse(input);
      return `heroku releases -a ${app} shows what there is; heroku rollback ${label} -a ${app} goes back, with the config vars of ${label}; heroku ps -a ${app} shows when its dynos are up.`;
    },
  };
}

function dynosOf({ version }: Release, dynos: Awaited<ReturnType<App['dynos']>>) {
  const ours = dynos.filter(({ release }) => release.version >= version);
  const crashed = ours.find(({ state }) => state === 'crashed');
  if (crashed) {
    return { state: 'failed', reason: `A ${crashed.type} dyno of v${version} crashed.` } as const;
  }
  const up = ours.filter(({ state }) => state === 'up' || state === 'idle');
  return up.length === dynos.length
    ? ({ state: 'succeeded' } as const)
    : ({ state: 'running', note: `${up.length} of ${dynos.length} dynos are up.` } as const);
}
