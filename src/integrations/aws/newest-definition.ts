import { OutsideError } from '../../errors.ts';
import type { Change, Check } from '../../operation.ts';
import type { ReleaseSettings } from './schema.ts';
import { type Ecs, readTaskDefinition, releaseOf, type TaskDefinition } from './task-definition.ts';

/**
 * Going back moves a service, not the newest revision of its task definition: the next deployment that starts from that
 * one brings the broken release back. Guide 001 corrects it by running the pipeline again for the commit that the
 * definition gone back to refers to. @throws OutsideError.
 */
export async function newestDefinitionChange(
  ecs: Ecs,
  target: TaskDefinition | undefined,
  settings: ReleaseSettings,
  signal: AbortSignal,
): Promise<readonly Change[]> {
  const newest = target && (await readTaskDefinition(ecs, target.family, signal));
  if (!target || !newest || newest.arn === target.arn) return [];
  const { label } = releaseOf(newest, settings);
  return [
    {
      what: `newest task definition of ${target.family}`,
      from: `${newest.name} (${label})`,
      to: `${newest.name} (${label}), wrong until the pipeline of ${commitOf(target, settings)} runs again`,
    },
  ];
}

/** The same as a warning. Never blocks: the correction is a step of its own, where a repository can make it. */
export async function newestDefinitionCheck(
  ecs: Ecs,
  target: TaskDefinition | undefined,
  settings: ReleaseSettings,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'The newest task definition';
  const told = (verdict: Check['verdict'], reason: string): Check => ({
    name,
    verdict,
    reason,
    blocking: false,
  });
  try {
    const newest = target && (await readTaskDefinition(ecs, target.family, signal));
    if (!target || !newest) return told('unknown', 'It could not be found.');
    if (newest.arn === target.arn) return told('pass', `${newest.name} is what is put back.`);
    return told(
      'warn',
      `${newest.name} stays the newest of its family until the pipeline of ${commitOf(target, settings)} runs again; a deployment that starts from it brings its release back.`,
    );
  } catch (error) {
    if (error instanceof OutsideError) return told('unknown', error.message);
    throw error;
  }
}

function commitOf(target: TaskDefinition, settings: ReleaseSettings): string {
  const { commit } = releaseOf(target, settings);
  return commit ? `commit ${commit.slice(0, 12)}` : `the commit ${target.name} was built from`;
}
