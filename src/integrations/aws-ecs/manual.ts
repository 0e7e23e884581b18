import { shortArn } from '../aws/task-definition.ts';
import type { AwsEcsSettings } from './schema.ts';
import type { UpdateInput } from './update-input.ts';

/** The move by hand with the aws command line, and how to see that it worked. */
export function manualUpdate(
  { cluster, service }: AwsEcsSettings,
  { release, replaces }: UpdateInput,
): string {
  const where = `--cluster ${cluster} --service ${service}`;
  const show = `aws ecs describe-services --cluster ${cluster} --services ${service} --query "services[0].deployments[].[status,taskDefinition,rolloutState,runningCount,desiredCount]" --output table`;
  return [
    `Move service ${service} from ${shortArn(replaces)} back to ${shortArn(release)}:`,
    `1. See what it has now: ${show}. If PRIMARY shows ${shortArn(release)} with COMPLETED, stop: it is done.`,
    `2. A deployment in progress: aws ecs list-service-deployments ${where} --status IN_PROGRESS, then aws ecs stop-service-deployment --service-deployment-arn <its ARN> --stop-type ROLLBACK, and look again.`,
    `3. Move it: aws ecs update-service ${where} --task-definition ${release}`,
    `   Or in the ECS console: Clusters > ${cluster} > ${service} > Update service > Revision ${shortArn(release)} > Update.`,
    `4. Run the command of step 1 until PRIMARY shows ${shortArn(release)} with COMPLETED.`,
    `5. The newest task definition is still the broken one: run the pipeline of the commit that ${shortArn(release)} refers to again (gh run rerun <run id>).`,
  ].join('\n');
}
