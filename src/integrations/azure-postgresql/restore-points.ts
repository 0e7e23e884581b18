import type { RestorePoint, RestorePoints } from '../../component.ts';
import type { Arm } from './client.ts';
import {
  backupName,
  RESTORE_SERVER,
  type RestoreInput,
  restoredName,
  SWITCH_OVER,
  type SwitchInput,
  TAKE_BACKUP,
} from './input.ts';
import { readBackups, readServer } from './server.ts';

/** Where the id of the earliest moment begins; every other id is the name of a backup. */
const EARLIEST = 'earliest:';

/**
 * The backups of the server, and the earliest moment it can be restored to. Azure can restore any moment from then until
 * a few minutes ago; these are the ones with a name. A restore makes a new server and leaves this one as it is.
 */
export function createRestorePoints(arm: Arm): RestorePoints {
  const { settings } = arm;
  return {
    async list(signal) {
      const [server, backups] = await Promise.all([
        readServer(arm, signal),
        readBackups(arm, signal),
      ]);
      const { earliest, retentionDays } = server;
      const points = backups.flatMap((backup): readonly RestorePoint[] => {
        if (backup.completedAt === undefined) return [];
        const isOld = earliest === undefined || backup.completedAt < earliest;
        return [
          {
            id: backup.name,
            label: `${backup.isOnDemand ? 'backup' : 'automatic backup'} ${backup.name}`,
            capturedAt: backup.completedAt,
            available: !isOld,
            ...(isOld && { reason: 'It is older than what Azure can restore now.' }),
          },
        ];
      });
      if (earliest === undefined) return points;
      const days = retentionDays === undefined ? '' : `; kept for ${retentionDays} days`;
      return [
        ...points,
        {
          id: `${EARLIEST}${new Date(earliest).toISOString()}`,
          label: 'earliest restore point',
          capturedAt: earliest,
          available: true,
          reason: `Every moment since can be restored as well${days}.`,
        },
      ];
    },

    capture: (name) => ({ operation: TAKE_BACKUP, input: { backup: backupName(name) } }),

    restore(point) {
      const input: RestoreInput = {
        pointInTime: new Date(point.capturedAt).toISOString(),
        server: restoredName(settings.server, point.capturedAt),
      };
      const over: SwitchInput = { to: input.server, from: settings.server };
      // No safety copy before it: the server that holds the present is left as it is, and keeps its own restore points.
      return [
        { operation: RESTORE_SERVER, input },
        { operation: SWITCH_OVER, input: over },
      ];
    },

    async losses(point, signal) {
      signal.throwIfAborted();
      const since = new Date(point.capturedAt).toISOString();
      return [
        `What was written to ${settings.server} since ${since} is not on the restored server. Azure cannot tell how much that is; the present server keeps it.`,
      ];
    },
  };
}
