import { CodeDeployClient } from '@aws-sdk/client-codedeploy';
import { type Aws, clientConfig, createAws } from '../aws/client.ts';
import type { AwsConnection } from '../aws/schema.ts';
import type { AwsCodeDeploySettings } from './schema.ts';

/** One deployment group, as this integration speaks to it. */
export interface CodeDeploy extends Aws {
  readonly client: CodeDeployClient;
  readonly application: string;
  readonly group: string;
}

export function createCodeDeploy(
  connection: AwsConnection,
  { application, deploymentGroup: group }: AwsCodeDeploySettings,
): CodeDeploy {
  const client = new CodeDeployClient(clientConfig(connection, 'codedeploy'));
  const on = `deployment group ${application}/${group}`;
  return { ...createAws(connection, 'AWS CodeDeploy', on), client, application, group };
}
