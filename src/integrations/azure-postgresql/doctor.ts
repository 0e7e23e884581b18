import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Arm } from './client.ts';
import { readBackups, readServer, type Server } from './server.ts';

/** Guide 000 asks for more than one fast restore point in 24 hours; Azure's own snapshot is daily. */
const FRESH_MS = 24 * 3_600_000;

/** Checks by reading: sign-in, the server, its restore points and their age. Never throws. */
export async function examine(arm: Arm, signal: AbortSignal): Promise<readonly DoctorFinding[]> {
  const resource = arm.calls.subject.on;
  let server: Server | undefined;
  const first = await finding(`Azure sign-in and ${resource}`, 'fail', async () => {
    server = await readServer(arm, signal);
    if (server.isReady) return passed('readable and ready');
    return warned(`it is ${server.state}`, 'A backup and a restore need it ready.');
  });
  if (!server) return [first];
  const { earliest, retentionDays } = server;
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
  ]);
  return [first, ...rest];
}
