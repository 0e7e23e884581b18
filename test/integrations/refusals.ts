/** What each system refuses, and what is then said, by the operation that puts back what it holds. The others: `refusals-of-operations.test.ts`. */
import { awsFaults, azureFaults, warmUpFailure } from '../../src/sandbox/cloud/index.ts';
import { openCodeDeployBench, openEcsBench } from './aws-bench.ts';
import { openAzureBench } from './azure-bench.ts';
import { openAppBench } from './azure-container-apps-bench.ts';
import { openGroupBench } from './azure-container-instances-bench.ts';
import { openServerBench } from './azure-postgresql-bench.ts';
import { openContentfulBench, PLAYS } from './contentful-bench.ts';
import type { Bench } from './contract.ts';
import { openGitHubBench, openRerunBench, openRevertBench } from './github-bench.ts';
import {
  amazon,
  arm,
  aws,
  azure,
  contentful,
  contentfulSays,
  github,
  githubSays,
  type System,
  status,
  system,
} from './refusing.ts';

export const SYSTEMS: readonly System<Bench>[] = [
  system({
    name: 'Azure App Service',
    open: openAzureBench,
    resource: 'web app acme-checkout',
    refusals: [
      ...azure({
        action: 'Microsoft.Web/sites/slots/slotsswap/action',
        on: 'the web app and its slots',
        what: 'Microsoft.Web/sites/acme-checkout',
        check: /Check `subscriptionId`, `resourceGroup`, `app` and `slot`/,
        busy: azureFaults.busy(),
        busyCode: '409 Conflict',
      }),
      {
        when: 'a swap with preview was left half done',
        fault: status(409, {
          Code: 'Conflict',
          Message:
            'The slot cannot be changed because its configuration settings have been prepared for swap.',
        }),
        kind: 'rejected',
        code: '409 Conflict',
        next: /finish or cancel it under Deployment slots/,
      },
    ],
    endsBadly: {
      fault: azureFaults.swapFails(warmUpFailure('acme-checkout', 'staging')),
      tells:
        /Cannot swap slots for site 'acme-checkout' because the worker process for 'staging' slot could not be started.*The release in the slot does not start: read its log stream, or take another way back\. web app acme-checkout was not changed/,
    },
  }),
  system({
    name: 'Azure Container Instances',
    open: openGroupBench,
    resource: 'container group acme-worker',
    refusals: [
      ...azure({
        action: 'Microsoft.ContainerInstance/containerGroups/write',
        on: 'the container group',
        what: 'Microsoft.ContainerInstance/containerGroups/acme-worker',
        check: /Check `subscriptionId`, `resourceGroup` and `group`/,
        busy: arm(
          409,
          'ContainerGroupTransitioning',
          "The container group 'acme-worker' is still transitioning, please retry later.",
        ),
        busyCode: '409 ContainerGroupTransitioning',
      }),
      {
        when: 'the image cannot be pulled',
        fault: arm(
          400,
          'InaccessibleImage',
          "The image 'acme.azurecr.io/shop/worker' in container group 'acme-worker' is not accessible.",
        ),
        kind: 'rejected',
        code: '400 InaccessibleImage',
        next: /still in its registry and that the group may pull it/,
      },
    ],
    endsBadly: {
      fault: { kind: 'operation', failsWith: 'Failed to pull image: not found' },
      tells: /acme-worker|Failed to pull image/,
    },
  }),
  system({
    name: 'Azure Container Apps',
    open: () => openAppBench('Multiple', true),
    resource: 'container app acme-worker',
    refusals: azure({
      action: 'Microsoft.App/containerApps/write',
      on: 'the container app',
      what: 'Microsoft.App/containerApps/acme-worker',
      check: /Check `subscriptionId`, `resourceGroup` and `app`/,
      busy: arm(
        409,
        'ContainerAppOperationInProgress',
        "Cannot modify a container app 'acme-worker' because there is an operation in progress.",
      ),
      busyCode: '409 ContainerAppOperationInProgress',
    }),
    endsBadly: {
      fault: { kind: 'operation', failsWith: 'Container crashing: worker' },
      tells: /Container crashing: worker/,
    },
  }),
  system({
    name: 'Azure Database for PostgreSQL',
    open: () => openServerBench('take-backup', { backup: 'backstop-2-4-0' }),
    resource: 'server acme-db',
    refusals: azure({
      action: 'Microsoft.DBforPostgreSQL/flexibleServers/backups/write',
      on: 'the resource group of the server',
      what: 'Microsoft.DBforPostgreSQL/flexibleServers/acme-db',
      check: /Check `subscriptionId`, `resourceGroup` and `server`/,
      busy: arm(
        409,
        'ServerIsBusy',
        "Server 'acme-db' is busy with other operations. Please try later",
      ),
      busyCode: '409 ServerIsBusy',
    }),
    endsBadly: {
      fault: { kind: 'operation', failsWith: 'The storage account is full.' },
      tells: /The storage account is full/,
    },
  }),
  contentful({
    open: () => openContentfulBench(PLAYS.repoint),
    permission: 'EnvironmentAliases',
    more: [
      {
        when: 'somebody else changed it',
        fault: contentfulSays(
          409,
          'VersionMismatch',
          'The version number you supplied is invalid.',
        ),
        kind: 'busy',
        code: '409 VersionMismatch',
        next: /changed since it was looked at.*make a new plan/,
      },
      {
        when: 'the role of its user may not',
        deny: ({ cloud }) => cloud.contentful.denied.add('EnvironmentAliases'),
        kind: 'permission',
        code: '403 AccessDenied',
        next: /Missing permission EnvironmentAliases\. Give the token's user the rights.*space administrator/,
      },
      {
        when: 'the plan has no room',
        open: () => openContentfulBench(PLAYS.clone),
        deny: ({ cloud }) => {
          cloud.contentful.environmentLimit = 1;
        },
        kind: 'rejected',
        code: '403 AccessDenied',
        next: /Delete an environment first/,
      },
    ],
    endsBadly: {
      open: () => openContentfulBench(PLAYS.clone),
      fault: { kind: 'operation', failsWith: 'failed' },
      tells: /backstop-2-4-0/,
    },
  }),
  github({
    open: () => openGitHubBench(),
    permission: 'contents=write',
    more: [
      {
        when: 'somebody else made it',
        fault: githubSays(422, 'Reference already exists'),
        kind: 'rejected',
        code: '422',
        next: /look at the one that is there/,
      },
      {
        when: 'somebody else runs it again',
        open: openRerunBench,
        fault: githubSays(403, 'This workflow is already running'),
        kind: 'busy',
        code: '403',
        next: /Wait until the run in progress has ended/,
      },
      {
        when: 'a check is not done',
        open: () => openRevertBench('revert-merge'),
        fault: githubSays(405, 'Required status check "test" is expected.'),
        kind: 'rejected',
        code: '405',
        next: /rule of the branch is not met yet.*see the pull request/,
      },
      {
        when: 'somebody pushed meanwhile',
        open: () => openRevertBench('revert-merge'),
        fault: githubSays(409, 'Head branch was modified. Review and try the merge again.'),
        kind: 'rejected',
        code: '409',
        next: /Somebody pushed meanwhile.*new plan/,
      },
    ],
  }),
  amazon({
    name: 'CodeDeploy',
    open: openCodeDeployBench,
    resource: 'deployment group shop/production',
    action: 'codedeploy:CreateDeployment',
    gone: 'DeploymentGroupDoesNotExistException',
    more: [
      {
        when: 'somebody else deploys',
        fault: aws(
          'DeploymentLimitExceededException',
          "The Deployment Group 'production' already has an active Deployment 'd-ABCDEF123'",
        ),
        kind: 'busy',
        code: 'DeploymentLimitExceededException',
        next: /already has an active Deployment 'd-ABCDEF123'.*or stop it/,
      },
    ],
    endsBadly: {
      fault: awsFaults.deploymentFails('The deployment failed because no instances were found.'),
      tells: /no instances were found/,
    },
  }),
  amazon({
    name: 'ECS',
    open: openEcsBench,
    resource: 'ECS service shop/web',
    action: 'ecs:UpdateService',
    gone: 'ServiceNotActiveException',
    more: [
      {
        when: 'something else deploys it',
        fault: aws(
          'InvalidParameterException',
          'Unable to update task definition on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.',
        ),
        kind: 'rejected',
        code: 'InvalidParameterException',
        next: /configure it as `aws-codedeploy`/,
      },
    ],
    endsBadly: {
      fault: awsFaults.deploymentFails('tasks failed to start.'),
      tells: /tasks failed to start/,
    },
  }),
];
