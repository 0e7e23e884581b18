import type { Component } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { createConfiguredOperation } from './configured-operation.ts';
import { examine } from './doctor.ts';
import { createJobs } from './jobs.ts';
import { mitigationsOf } from './mitigations.ts';
import { placeName } from './place.ts';
import { copyingFor, createRestorePoints, restoringOf } from './restore-points.ts';
import { CommandSettings } from './schema.ts';

/** A component whose operations are the commands that `backstop.yaml` names. Throws ZodError on settings that were not parsed. */
export function createCommandComponent(from: Ingredients): Component {
  const settings = CommandSettings.parse(from.settings);
  const { hold, phase, where } = settings;
  const jobs = createJobs();
  const restoring = restoringOf(settings, (id) => from.sibling?.(id));
  return {
    id: from.id,
    kind: 'command',
    title: `commands on ${placeName(where)}`,
    // Data goes back before the code that reads it.
    phase: restoring ? 'data' : phase,
    ...(hold && {
      hold: {
        acquire: () => ({ operation: hold.acquire, input: {} }),
        release: () => ({ operation: hold.release, input: {} }),
        ...(hold.insteadOf === undefined ? {} : { insteadOf: hold.insteadOf }),
      },
    }),
    ...(restoring && { restorePoints: createRestorePoints(from.id, restoring) }),
    mitigations: mitigationsOf(settings),
    operations: {
      ...Object.fromEntries(
        Object.entries(settings.operations).map(([name, configured]) => [
          name,
          createConfiguredOperation(settings, configured, jobs, {
            isRelease: hold?.release === name,
            sibling: from.sibling,
          }),
        ]),
      ),
      ...(restoring && copyingFor(restoring)),
    },
    doctor: (signal) => examine(settings, signal),
  };
}
