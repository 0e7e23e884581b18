import type { Check } from '../../operation.ts';
import type { Images } from '../aws/images.ts';
import { newestDefinitionCheck } from '../aws/newest-definition.ts';
import {
  type Ecs,
  readTaskDefinition,
  shortArn,
  type TaskDefinition,
} from '../aws/task-definition.ts';
import { fail, pass, warn } from '../checks.ts';
import type { AwsEcsSettings } from './schema.ts';
import { readService, rolloutWords, type ServiceState } from './service.ts';
import type { UpdateInput } from './update-input.ts';

/** Whether the service can be moved to the task definition. @throws OutsideError when the service cannot be read. */
export async function checkUpdate(
  { ecs, images }: { readonly ecs: Ecs; readonly images: Images },
  settings: AwsEcsSettings,
  input: UpdateInput,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const [state, target] = await Promise.all([
    readService(ecs, settings, signal),
    readTaskDefinition(ecs, input.release, signal),
  ]);
  return [
    controllerCheck(state),
    targetCheck(input, target),
    idleCheck(state, input),
    breakerCheck(state),
    pinnedCheck(target),
    ...(await Promise.all([
      ...(target ? [images.check(target, signal)] : []),
      newestDefinitionCheck(ecs, target, settings, signal),
    ])),
  ];
}

function controllerCheck({ isActive, controller }: ServiceState): Check {
  const name = 'ECS deploys the service';
  if (!isActive) return fail(name, 'The service is being deleted.');
  if (controller === 'CODE_DEPLOY') {
    return fail(name, 'CodeDeploy deploys it; configure it as aws-codedeploy.');
  }
  if (controller !== 'ECS') return fail(name, `${controller} deploys it, which Backstop cannot.`);
  return pass(name, 'Its deployment controller is ECS.');
}

function targetCheck({ release }: UpdateInput, target: TaskDefinition | undefined): Check {
  const name = 'The task definition is there';
  if (!target) return fail(name, `There is no task definition ${shortArn(release)}.`);
  if (!target.isActive) {
    return fail(name, `${target.name} was deregistered; run the pipeline of its commit again.`);
  }
  return pass(name, `${target.name} is active.`);
}

function idleCheck({ primary }: ServiceState, { release, replaces }: UpdateInput): Check {
  const name = 'Nothing else is under way';
  if (primary.state === 'running') {
    return fail(name, `The service has ${rolloutWords(primary)}; wait, or stop it in the console.`);
  }
  if (primary.taskDefinition !== replaces && primary.taskDefinition !== release) {
    return fail(
      name,
      `The service has ${shortArn(primary.taskDefinition)} now, not ${shortArn(replaces)}.`,
    );
  }
  return pass(name, `The service has ${rolloutWords(primary)}.`);
}

function breakerCheck({ circuitBreaker }: ServiceState): Check {
  const name = 'The circuit breaker';
  if (circuitBreaker === 'rolls back') {
    return pass(name, 'Tasks that do not start make ECS go back by itself.');
  }
  const reason =
    circuitBreaker === 'on'
      ? 'It stops a deployment whose tasks do not start, and leaves the service so.'
      : 'It is off: a deployment whose tasks do not start goes on until somebody stops it.';
  return warn(name, reason);
}

function pinnedCheck(target: TaskDefinition | undefined): Check {
  const name = 'The images are exact';
  const loose = (target?.containers ?? []).filter(({ image }) => /(^[^:@]*|:latest)$/.test(image));
  if (loose.length === 0) return pass(name, 'No image has the tag latest.');
  const reason = `${loose.map((one) => one.name).join(', ')} runs what latest means today, not what it meant then.`;
  return warn(name, reason);
}
