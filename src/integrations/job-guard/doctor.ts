import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import { createDatabase } from './database.ts';
import type { Guard } from './guard.ts';
import { jobWords, OWNER } from './jobs.ts';

/** Checks by reading: the endpoint, the job tables, and whether somebody has paused the queue. Never throws. */
export async function examine(
  { settings, endpoint, queues, pausing }: Guard,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const checks: Promise<DoctorFinding>[] = [];
  const database = settings.database && createDatabase(settings.database, settings.jobs);
  const runs = (running: Parameters<typeof jobWords>[0]) =>
    running.length === 0 ? 'no guarded job runs' : `running ${jobWords(running)}`;
  if (endpoint) {
    checks.push(
      finding(`job endpoint ${endpoint.where}`, 'fail', async () => {
        const { running, pausedBy } = await endpoint.read(signal);
        if (pausedBy === undefined) return passed(`readable; ${runs(running)}`);
        const next =
          pausedBy === OWNER
            ? 'If no run is under way, resume it by the manual steps of a plan.'
            : `Ask ${pausedBy} to resume it; a plan does not start before.`;
        return warned(`the queue is paused by ${pausedBy}`, next);
      }),
    );
  }
  if (database) {
    checks.push(
      finding(`job tables of ${settings.database?.library}`, 'fail', async () => {
        const { running } = await database.read(signal);
        return passed(`readable; ${runs(running)}`);
      }),
    );
  }
  if (queues) {
    checks.push(
      finding(`job queues: ${queues.where}`, 'fail', async () => {
        const { running, pausedBy, stillClosed } = await queues.read(signal);
        const next = 'See whether it should be so; a plan pauses it and resumes it by itself.';
        if (pausedBy !== undefined) return warned(`paused by ${pausedBy}`, next);
        const doubt = (await queues.doubt(signal)) ?? stillClosed;
        if (doubt === undefined) return passed(`readable; ${runs(running)}`);
        return warned(doubt, 'Check `redis` in backstop.yaml, and the workers.');
      }),
    );
  }
  checks.push(
    finding('job guard: what a plan does', 'warn', async () => {
      signal.throwIfAborted();
      if (pausing) return passed('it pauses the queue and waits for running jobs');
      const next = 'Let the app serve the endpoint with pause, described in the README.';
      return warned('it only waits: new jobs may begin meanwhile', next);
    }),
  );
  return Promise.all(checks);
}
