import type { RestorePoints } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import type { Operation, OperationCall } from '../../operation.ts';
import { nameBefore } from '../database/names.ts';
import type { SafetyOf } from '../safety-backup.ts';
import { EXPORT_WRITTEN, SAFETY, SAFETY_BACKUP } from './operation-settings.ts';
import type { CommandSettings } from './schema.ts';

/** The operation of a component of commands that puts back a backup, and whose backups those are. */
interface Restoring {
  readonly operation: string;
  /** Its one parameter, the name of the backup. */
  readonly parameter: string;
  readonly of: SafetyOf;
}

/** What `restore` of the settings says; undefined where it says nothing. */
export function restoringOf(
  { restore, operations }: CommandSettings,
  find: (id: string) => ReturnType<SafetyOf['find']>,
): Restoring | undefined {
  const configured = restore === undefined ? undefined : operations[restore];
  const [parameter] = Object.keys(configured?.parameters ?? {});
  const id = configured?.restores;
  if (restore === undefined || parameter === undefined || id === undefined) return undefined;
  return { operation: restore, parameter, of: { id, find: () => find(id) } };
}

/**
 * The backups of another component, put back by a team's own script such as guide 003's `restore-backup.sh`: a safety backup
 * that Backstop takes by that component, what was written since the backup into files, then the script, which starts on no other
 * safety backup than this one.
 */
export function createRestorePoints(component: string, restoring: Restoring): RestorePoints {
  const { operation, parameter, of } = restoring;
  const points = (): RestorePoints => pointsOf(of);
  return {
    of: of.id,
    list: async (signal) => points().list(signal),
    capture: (name) => safetyCall(of, name),

    restore(point): readonly OperationCall[] {
      const name = nameBefore(component, new Date());
      const input = { [parameter]: point.id, [SAFETY]: name };
      const exported = points().exportSince?.(point.capturedAt, name);
      return [
        safetyCall(of, name),
        ...(exported ? [{ operation: EXPORT_WRITTEN, input: exported.input }] : []),
        { operation, input },
      ];
    },

    losses: async (point, signal) => points().losses(point, signal),

    async remarks(_point, signal) {
      signal.throwIfAborted();
      return [
        `What the script of ${component} does cannot be seen from here: nothing is compared before it. What was written since the backup is in the safety backup${points().exportSince ? ', and what tables tell of it in files' : ' alone'}.`,
      ];
    },
  };
}

/** The operations by which the other component takes the backup and writes the files, as steps of this one's plans. */
export function copyingFor({ of }: Restoring): Readonly<Record<string, Operation>> {
  const component = of.find();
  const points = component?.restorePoints;
  const named = (name: string, call: OperationCall | undefined) => {
    const operation = call && component?.operations[call.operation];
    return operation ? { [name]: operation } : {};
  };
  return {
    ...named(SAFETY_BACKUP, points?.capture('any')),
    ...named(EXPORT_WRITTEN, points?.exportSince?.(0, 'any')),
  };
}

function safetyCall(of: SafetyOf, name: string): OperationCall {
  return { operation: SAFETY_BACKUP, input: pointsOf(of).capture(name).input };
}

function pointsOf({ id, find }: SafetyOf): RestorePoints {
  const points = find()?.restorePoints;
  if (points?.safety) return points;
  throw new Refusal(
    'not-possible',
    `There is no component ${id} that takes a safety backup, so nothing is restored.`,
  );
}
