import type { Component } from '../../component.ts';
import { OutsideError } from '../../errors.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { createVercel } from './project.ts';
import { VercelConnection, VercelProjectSettings } from './schema.ts';
import { createSetProduction, SET_PRODUCTION } from './set-production.ts';

/** A Vercel project. Throws ZodError on settings or a connection that were not parsed. */
export function createVercelProject(from: Ingredients): Component {
  const { project } = VercelProjectSettings.parse(from.settings);
  const connection = VercelConnection.parse(from.connections['vercel']);
  const vercel = createVercel(connection, project);
  return {
    id: from.id,
    kind: 'vercel-project',
    title: `Vercel project ${project}`,
    versions: {
      async live(signal) {
        const { live } = await vercel.readProduction(signal);
        if (live) return live;
        throw new OutsideError({
          kind: 'not-found',
          system: 'Vercel',
          attempted: 'read what is in production',
          on: project,
          answer: 'it has no production deployment',
          next: 'Deploy it to production first.',
        });
      },
      async history(signal) {
        const [{ live }, all] = await Promise.all([
          vercel.readProduction(signal),
          vercel.readCandidates(signal),
        ]);
        const older = all.filter(
          ({ id, since = 0 }) =>
            id !== live?.id && since <= (live?.since ?? Number.POSITIVE_INFINITY),
        );
        return older.map((version) => ({ version, available: true }));
      },
      putBack: (target, live) => ({
        operation: SET_PRODUCTION,
        input: {
          deployment: target.id,
          replaces: live.id,
          label: target.label,
          live: live.label,
          by: (target.since ?? 0) > (live.since ?? 0) ? 'promote' : 'rollback',
        },
      }),
    },
    operations: { [SET_PRODUCTION]: createSetProduction(vercel, project) },
    async doctor(signal) {
      return Promise.all([
        finding(`Vercel project ${project}`, 'fail', async () => {
          const { live } = await vercel.readProduction(signal);
          return live
            ? passed(`${live.label} is in production`)
            : warned('nothing is in production', 'Deploy it to production first.');
        }),
        finding('earlier deployments', 'fail', async () => {
          const all = await vercel.readCandidates(signal);
          return all.length > 0
            ? passed(`${all.length} can be gone back to`)
            : warned('there is none to go back to', 'Deploy to production more than once.');
        }),
      ]);
    },
  };
}
