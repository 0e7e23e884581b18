import type { DoctorFinding } from '../../component.ts';
import { type Ecs, readTaskDefinition, releaseOf } from '../aws/task-definition.ts';
import { finding, passed, warned } from '../finding.ts';
import { readPastDeployments } from './history.ts';
import type { AwsEcsSettings } from './schema.ts';
import { readService, rolloutWords } from './service.ts';

/** Checks by reading: credentials, the service, what tells its release, its history. Never throws. */
export async function examine(
  ecs: Ecs,
  settings: AwsEcsSettings,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const service = await finding(`AWS credentials and ${ecs.on}`, 'fail', async () => {
    const { isActive, controller, primary } = await readService(ecs, settings, signal);
    if (!isActive) return warned('it is being deleted', 'Name another service in backstop.yaml.');
    if (controller === 'ECS') return passed(`readable; ${rolloutWords(primary)}`);
    const next =
      controller === 'CODE_DEPLOY'
        ? 'Configure it as aws-codedeploy.'
        : 'Backstop cannot move a service that something else deploys.';
    return { verdict: 'fail', reason: `${controller} deploys it`, next };
  });
  if (service.verdict === 'fail' || service.verdict === 'unknown') return [service];
  const rest = await Promise.all([
    finding(`${ecs.on}: its release`, 'fail', async () => {
      const { primary } = await readService(ecs, settings, signal);
      const definition = await readTaskDefinition(ecs, primary.taskDefinition, signal);
      const release = definition && releaseOf(definition, settings);
      if (release?.commit !== undefined) return passed(`${release.label}, commit known`);
      const next = `Set ${settings.commitVariable} in the container, or tag images with their commit.`;
      return warned('nothing tells which commit it was built from', next);
    }),
    finding(`${ecs.on}: deployment history`, 'fail', async () => {
      const past = await readPastDeployments(ecs, settings, signal);
      const count = new Set(past.map((one) => one.taskDefinition)).size;
      if (count > 1) return passed(`${count} task definitions it ran`);
      return warned(
        'no earlier deployment is known',
        'After the next deployment there is a way back.',
      );
    }),
  ]);
  return [service, ...rest];
}
