import type { Component, DoctorFinding } from '../../component.ts';
import { messageOf, Refusal } from '../../errors.ts';
import { type Found, finding, passed, warned } from '../finding.ts';
import type { Arm } from './client.ts';
import { readBackups, readServer, type Server } from './server.ts';
import { configuredOperation } from './switch-over.ts';

/** Guide 000 asks for more than one fast restore point in 24 hours; Azure's own snapshot is daily. */
const FRESH_MS = 24 * 3_600_000;

/** Checks by reading: sign-in, the server, its restore points and their age, the way to a restored one. Never throws. */
export async function examine(
  arm: Arm,
  find: (id: string) => Component | undefined,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const resource = arm.calls.subject.on;
  let server: Server | undefined;
  const first = await finding(`Azure sign-in and ${resource}`, 'fail', async () => {
    server = await readServer(arm, signal);
    if (server.isReady) return passed('readable and ready');
    return warned(`it is ${server.state}`, 'A backup and a restore need it ready.');
  });
  if (!server) return [first];
  const { earliest, retentionDays } = server;
  const { switchOver } = arm.settings;
  const rest = await Promise.all([
    finding(`${resource}: point-in-time restore`, 'fail', async () => {
      if (earliest === undefined) {
        const next = 'Wait for the first backup, a few minutes after the server was made.';
        return { verdict: 'fail', reason: 'it has no restore point yet', next };
      }
      const since = new Date(earliest).toISOString();
      return passed(`every moment since ${since}; retention ${retentionDays ?? 'unknown'} days`);
    }),
    finding(`${resource}: backups`, 'warn', async () => {
      const [newest] = (await readBackups(arm, signal)).filter((one) => one.completedAt);
      if (newest?.completedAt === undefined) {
        return warned('there is none', 'Take one before the next release.');
      }
      const at = new Date(newest.completedAt).toISOString();
      const words = `newest ${newest.name}, ${at}`;
      if (Date.now() - newest.completedAt <= FRESH_MS) return passed(words);
      const next = 'A restore replays what was written since, which takes longer: take a backup.';
      return warned(`${words}, older than a day`, next);
    }),
    ...(typeof switchOver === 'object'
      ? [finding(`${resource}: switching over`, 'fail', async () => way(switchOver))]
      : []),
  ]);
  return [first, ...rest];

  async function way(configured: Exclude<typeof switchOver, string | undefined>): Promise<Found> {
    try {
      const operation = configuredOperation(configured, find);
      const words = operation.title?.({ server: arm.settings.server }) ?? 'it can be done';
      return passed(`by ${configured.component} ${configured.operation}: ${words}`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const next = 'Name a component of kind command of this environment, and its operation.';
      return { verdict: 'fail', reason: messageOf(error), next };
    }
  }
}
