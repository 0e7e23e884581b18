import type { Version } from '../../component.ts';
import type { OperationCall } from '../../operation.ts';
import type { ReleaseSettings } from './schema.ts';
import { type Ecs, readTaskDefinition, releaseOf, type TaskDefinition } from './task-definition.ts';

/**
 * Guide 001: the service goes back, and the newest revision of its task definition stays wrong until the pipeline of the commit
 * that the definition gone back to refers to has run again. Undefined where the newest one is right already, or where
 * nobody can tell the commit. Reads only. @throws OutsideError.
 */
export async function correctionOf(
  ecs: Ecs,
  {
    target,
    live,
    definition,
  }: {
    readonly target: Version;
    readonly live: Version;
    /** The one gone back to. */
    readonly definition: TaskDefinition | undefined;
  },
  settings: ReleaseSettings,
  signal: AbortSignal,
): Promise<OperationCall | undefined> {
  if (!definition || !target.commit || live.since === undefined) return undefined;
  const newest = await readTaskDefinition(ecs, definition.family, signal);
  if (!newest || newest.arn === definition.arn) return undefined;
  if (releaseOf(newest, settings).commit === target.commit) return undefined;
  const input = { commit: target.commit, since: Math.floor(live.since) };
  return { operation: 'rerun-workflow', input };
}
