import type { Candidate, Version, Versions } from '../../component.ts';
import type { OperationCall } from '../../operation.ts';
import { correctionOf } from '../aws/correction.ts';
import {
  type Ecs,
  readTaskDefinition,
  releaseOf,
  shortArn,
  type TaskDefinition,
} from '../aws/task-definition.ts';
import { type PastDeployment, readPastDeployments } from './history.ts';
import type { AwsEcsSettings } from './schema.ts';
import { readService } from './service.ts';
import { UPDATE_SERVICE, type UpdateInput } from './update-input.ts';

/** Each costs a request for its task definition. */
const MOST_HISTORY = 10;

/** What the service runs and ran, by task definition. A deregistered one is told, not offered. */
export function createVersions(ecs: Ecs, settings: AwsEcsSettings): Versions {
  return {
    async live(signal) {
      const [{ primary }, past] = await Promise.all([
        readService(ecs, settings, signal),
        readPastDeployments(ecs, settings, signal),
      ]);
      const definition = await readTaskDefinition(ecs, primary.taskDefinition, signal);
      const ran = past.find((one) => one.taskDefinition === primary.taskDefinition);
      return versionOf(primary.taskDefinition, definition, primary.at, ran, settings);
    },

    async history(signal) {
      const [{ primary }, past] = await Promise.all([
        readService(ecs, settings, signal),
        readPastDeployments(ecs, settings, signal),
      ]);
      const older = past.filter(
        (one, index) =>
          one.taskDefinition !== primary.taskDefinition &&
          past.findIndex((each) => each.taskDefinition === one.taskDefinition) === index,
      );
      return Promise.all(
        older.slice(0, MOST_HISTORY).map(async (ran): Promise<Candidate> => {
          const definition = await readTaskDefinition(ecs, ran.taskDefinition, signal);
          const version = versionOf(ran.taskDefinition, definition, ran.at, ran, settings);
          if (definition?.isActive) return { version, available: true };
          const reason = `Task definition ${shortArn(ran.taskDefinition)} was deregistered. Run the pipeline of its commit again.`;
          return { version, available: false, reason };
        }),
      );
    },

    async correction(target, live, signal) {
      const definition = await readTaskDefinition(ecs, target.id, signal);
      return correctionOf(ecs, { target, live, definition }, settings, signal);
    },

    putBack(target, live): OperationCall {
      const input: UpdateInput = { release: target.id, replaces: live.id };
      return { operation: UPDATE_SERVICE, input };
    },
  };
}

function versionOf(
  arn: string,
  definition: TaskDefinition | undefined,
  since: number | undefined,
  ran: PastDeployment | undefined,
  settings: AwsEcsSettings,
): Version {
  const release = definition ? releaseOf(definition, settings) : { label: shortArn(arn) };
  const digests = [...(ran?.digests ?? [])].map(
    ([name, digest]) => `${name} ${digest.slice(0, 19)}`,
  );
  const note = [`task definition ${shortArn(arn)}`, ...digests].join(', ');
  return {
    id: arn,
    ...release,
    ...(since !== undefined && { since }),
    ...(definition?.registeredBy !== undefined && { by: definition.registeredBy }),
    note,
  };
}
