import type { RestorePoint, RestorePoints, WhenLeft } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import type { OperationCall } from '../../operation.ts';
import { nameBefore } from '../database/names.ts';
import { type Course, courseTo, type Migrated, remarksOn } from './database.ts';
import { KEEP } from './keep.ts';
import { NOTE_APPLIED } from './note-applied.ts';
import type { Notes } from './notes.ts';
import { TAKE_BACK } from './take-back.ts';
import type { Migration } from './tool.ts';

/** What the older release's code knows; no migration is called so. */
export const OLDER_RELEASE = 'older-release';

const LISTED = 20;

/**
 * The states that migrations can be taken back to, first what the older release's code knows. A state after a migration is
 * no copy that was kept: it can be had as long as the newer code knows the way down, and is as old as the reading.
 */
export function createRestorePoints(migrated: Migrated, notes: Notes): RestorePoints {
  const { safety } = migrated;
  const courses = new Map<string, Course>();
  let beginningOf = (_course: Course): number | undefined => undefined;

  function point(id: string, label: string, capturedAt: number, course: Course): RestorePoint {
    courses.set(id, course);
    const unknown = course.take.filter(({ isKnown }) => !isKnown);
    const base = { id, label, capturedAt };
    if (unknown.length > 0) {
      const reason = `The newer code does not know the way down from ${namesOf(unknown)}.`;
      return { ...base, available: false, reason };
    }
    const reason =
      course.take.length === 0
        ? 'Nothing has to be taken back.'
        : `Takes back ${namesOf(course.take)}.`;
    return { ...base, available: true, reason };
  }

  function courseOf({ id, label }: RestorePoint): Course {
    const course = courses.get(id);
    if (course) return course;
    throw new Refusal('out-of-date', `${label} was not looked at lately; ask for the plan again.`);
  }

  return {
    async list(signal) {
      const [history, known, noted, backup] = await Promise.all([
        migrated.history(signal),
        migrated.knownToOlder(signal),
        notes.list(),
        newestBackup(safety, signal),
      ]);
      const now = Date.now();
      beginningOf = ({ take }) => {
        const before = noted.find((note) => !take.some(({ name }) => note.applied.includes(name)));
        return before?.at ?? backup?.capturedAt;
      };
      courses.clear();
      const applied = history.filter(({ state }) => state !== 'pending');
      const older = known && courseTo(migrated, history, (name) => known.has(name));
      return [
        ...(older ? [point(OLDER_RELEASE, 'what the older release knows', now, older)] : []),
        ...noted.slice(0, LISTED).map(({ id, name, at, applied: then }) =>
          point(
            id,
            name,
            at,
            courseTo(migrated, history, (each) => then.includes(each)),
          ),
        ),
        ...applied
          .slice(0, -1)
          .toReversed()
          .slice(0, LISTED)
          .map(({ name }) => {
            const above = new Set(migrated.tool.newerThan(history, name).map((each) => each.name));
            const course = courseTo(migrated, history, (each) => !above.has(each));
            return point(name, `after migration ${name}`, now, course);
          }),
      ];
    },

    capture: (name) => ({ operation: NOTE_APPLIED, input: { name } }),

    restore(target): readonly OperationCall[] {
      const course = courseOf(target);
      const { take } = course;
      if (take.length === 0) return [{ operation: KEEP, input: {} }];
      const name = nameBefore('migrations', new Date());
      const points = safety?.find()?.restorePoints;
      const backup = points?.capture(name);
      const since = beginningOf(course);
      const exported = since === undefined ? undefined : points?.exportSince?.(since, name);
      if (safety && !backup) {
        throw new Refusal(
          'not-possible',
          `There is no component ${safety.id} that takes a safety backup, so no migration is taken back.`,
        );
      }
      return [
        ...(backup ? [backup] : []),
        ...(exported ? [exported] : []),
        ...take.map((migration) => ({
          operation: TAKE_BACK,
          input: { migration: migration.name, safety: backup ? name : null },
        })),
      ];
    },

    async losses(target, signal) {
      signal.throwIfAborted();
      return courseOf(target).take.map(
        ({ name }) =>
          `Migration ${name}: the tables and columns that it added go, with all that was written into them since; nobody can tell how much.`,
      );
    },

    async remarks(target, signal) {
      signal.throwIfAborted();
      const course = courseOf(target);
      const isExported =
        beginningOf(course) !== undefined &&
        safety?.find()?.restorePoints?.exportSince !== undefined;
      return [
        ...remarksOn(migrated, course),
        ...(course.take.length === 0 || !safety || isExported ? [] : [NOTHING_EXPORTED]),
      ];
    },
  };
}

const NOTHING_EXPORTED =
  'No rows are exported before the migrations go: there is neither a note from before they ran nor a backup to count from. What was written since is in the safety backup.';

/** The newest backup that people took; undefined also where nobody can tell, which keeps no migration from going back. */
async function newestBackup(
  safety: Migrated['safety'],
  signal: AbortSignal,
): Promise<RestorePoint | undefined> {
  const points = safety?.find()?.restorePoints;
  if (!points?.exportSince) return undefined;
  const all = await points.list(signal).catch(() => []);
  return all.find(({ available, isSafety }) => available && !isSafety);
}

/** Whether older code can run with the schema as it is: not with a migration that it does not know, unless that is declared compatible. */
export async function whenLeft(
  id: string,
  migrated: Migrated,
  signal: AbortSignal,
): Promise<WhenLeft> {
  const [history, known] = await Promise.all([
    migrated.history(signal),
    migrated.knownToOlder(signal),
  ]);
  if (!known) {
    return {
      notes: [
        `The schema stays as it is. Nobody told Backstop where the older code is, so whether it can run with that is for you to know; \`with ${id}=<migration>\` takes migrations back.`,
      ],
    };
  }
  const { take, stays } = courseTo(migrated, history, (name) => known.has(name));
  if (take.length === 0) {
    const why = remarksOn(migrated, { take, stays, dragged: [] });
    return {
      notes:
        stays.length === 0
          ? ['The schema stays as it is: the older code knows every migration that ran.']
          : why,
    };
  }
  const { database } = migrated.settings;
  const them = take.length === 1 ? 'it' : 'them';
  return {
    notes: [],
    breaks: `The older code does not know ${namesOf(take)}. \`/rollback … with ${id}\` takes ${them} back first. If it runs with ${them} all the same, say why: \`/rollback … keep schema because <why>\`.`,
    ...(database === undefined
      ? {}
      : {
          goesWith: {
            component: database,
            note: `The schema goes back with ${database}: see that what is put back is older than ${namesOf(take)}, which the older code does not know.`,
          },
        }),
  };
}

function namesOf(all: readonly Migration[]): string {
  return all.map(({ name }) => name).join(', ');
}
