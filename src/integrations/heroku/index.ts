import type { Component } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Ingredients } from '../index.ts';
import { INSTANCES_HINT, instancesWanted } from '../instances.ts';
import { createApp } from './app.ts';
import { createRestart, RESTART } from './restart.ts';
import { createRollbackRelease, ROLLBACK_RELEASE } from './rollback-release.ts';
import { createScale, SCALE } from './scale.ts';
import { HerokuAppSettings, HerokuConnection } from './schema.ts';

/** A Heroku app. Throws ZodError on settings or a connection that were not parsed. */
export function createHerokuApp(from: Ingredients): Component {
  const settings = HerokuAppSettings.parse(from.settings);
  const { app, processType, maxDynos } = settings;
  const heroku = createApp(HerokuConnection.parse(from.connections['heroku']), settings);
  return {
    id: from.id,
    kind: 'heroku-app',
    title: `Heroku app ${app}`,
    versions: {
      live: (signal) => heroku.live(signal),
      history: (signal) => heroku.history(signal),
      putBack: (target, live) => ({
        operation: ROLLBACK_RELEASE,
        input: { slug: target.id, replaces: live.id, label: target.label, live: live.label },
      }),
    },
    mitigations: {
      restart: {
        title: `Restart Heroku app ${app}`,
        async call(_asked, signal) {
          const dynos = (await heroku.dynos(signal)).map(({ id }) => id);
          if (dynos.length > 0) return { operation: RESTART, input: { dynos } };
          throw new Refusal('not-possible', `${app} runs no dyno; scale it first.`);
        },
      },
      scale: {
        title: `Scale ${processType} of Heroku app ${app}`,
        value: { about: INSTANCES_HINT },
        async call({ value }, signal) {
          const now = await heroku.quantity(signal);
          return {
            operation: SCALE,
            input: { to: instancesWanted(value, now, maxDynos), from: now },
          };
        },
      },
    },
    operations: {
      [ROLLBACK_RELEASE]: createRollbackRelease(heroku, app),
      [RESTART]: createRestart(heroku, app),
      [SCALE]: createScale(heroku, settings),
    },
    doctor: (signal) =>
      Promise.all([
        finding(`Heroku app ${app}`, 'fail', async () => {
          const { label, note } = await heroku.live(signal);
          return passed(`${label} runs (${note})`);
        }),
        finding('earlier releases', 'fail', async () => {
          const able = (await heroku.history(signal)).filter(({ available }) => available);
          return able.length > 0
            ? passed(`${able.length} can be gone back to, ${able[0]?.version.label} first`)
            : warned('there is none to go back to', 'Release more than once.');
        }),
        finding(`process type ${processType}`, 'fail', async () =>
          passed(`${await heroku.quantity(signal)} dynos are wanted`),
        ),
      ]),
  };
}
