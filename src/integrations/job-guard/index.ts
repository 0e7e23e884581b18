import type { Component } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { examine } from './doctor.ts';
import { createDrainJobs } from './drain-jobs.ts';
import { createGuard } from './guard.ts';
import { createResumeJobs, DRAIN_JOBS, RESUME_JOBS } from './resume-jobs.ts';
import { JobGuardSettings } from './schema.ts';

/** The jobs of a service that must not be interrupted: held while a plan runs. Throws ZodError on settings that were not parsed. */
export function createJobGuard(from: Ingredients): Component {
  const guard = createGuard(JobGuardSettings.parse(from.settings));
  return {
    id: from.id,
    kind: 'job-guard',
    title: guard.title,
    hold: {
      acquire: () => ({ operation: DRAIN_JOBS, input: {} }),
      release: () => ({ operation: RESUME_JOBS, input: {} }),
    },
    operations: {
      [DRAIN_JOBS]: createDrainJobs(guard),
      [RESUME_JOBS]: createResumeJobs(guard),
    },
    doctor: (signal) => examine(guard, signal),
  };
}
