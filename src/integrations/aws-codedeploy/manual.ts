import type { CodeDeploy } from './client.ts';
import { type RedeployInput, type StopInput, shortKey } from './redeploy-input.ts';

/** The redeployment by hand with the aws command line, and how to see that it worked. */
export function manualRedeploy(
  { application, group }: CodeDeploy,
  { release, replaces }: RedeployInput,
): string {
  const where = `--application-name ${application} --deployment-group-name ${group}`;
  return [
    `Deploy ${shortKey(release)} again to ${application}/${group} in place of ${shortKey(replaces)}:`,
    `1. See that nothing is in progress: aws deploy list-deployments ${where} --include-only-statuses Created Queued InProgress Ready Baking`,
    `2. Find the earlier deployment of ${release}: aws deploy list-deployments ${where} --include-only-statuses Succeeded, then aws deploy get-deployment --deployment-id <id> for each, newest first.`,
    `3. In the CodeDeploy console: Deployments > that deployment > Copy deployment > Create deployment.`,
    `   Or save its "revision" as revision.json and run: aws deploy create-deployment ${where} --revision file://revision.json`,
    `4. Follow it: aws deploy wait deployment-successful --deployment-id <new id>`,
    `5. For an ECS service the newest task definition is still the broken one: run the pipeline of the commit that the restored one refers to again (gh run rerun <run id>).`,
  ].join('\n');
}

/** Stopping by hand, and how to see that it was taken back. */
export function manualStop({ deployment }: StopInput): string {
  return [
    `Stop deployment ${deployment} and have CodeDeploy take it back:`,
    `1. aws deploy stop-deployment --deployment-id ${deployment} --auto-rollback-enabled`,
    `   Or in the CodeDeploy console: Deployments > ${deployment} > Stop and roll back deployment.`,
    `2. aws deploy get-deployment --deployment-id ${deployment} --query deploymentInfo.rollbackInfo shows the deployment that takes it back; follow that one with aws deploy wait deployment-successful --deployment-id <id>`,
    'An answer DeploymentAlreadyCompletedException means that it ended by itself: then deploy the earlier revision again.',
  ].join('\n');
}
