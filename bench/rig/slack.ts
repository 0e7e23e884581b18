/** A workspace for both apps: people, a channel for announcements, and what goes into `backstop.yaml`. */

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createWorkspace, type Workspace } from '../../src/sandbox/workspace/index.ts';

export type Mode = 'http' | 'socket';

export interface SlackRig {
  readonly workspace: Workspace;
  /** Ids of people, as many as were asked for. */
  readonly people: readonly string[];
  /** The secrets of both apps, as their environment. */
  readonly env: Readonly<Record<string, string>>;
  /** The text of a `backstop.yaml`. */
  config(mode: Mode, services: string): string;
}

/** Starts a workspace. The manifest is read from the folder that the bench is run in. */
export async function createSlackRig(
  peopleCount: number,
  options: { readonly rateLimits?: boolean } = {},
): Promise<SlackRig> {
  const manifest = readFileSync(resolve('manifest.yml'), 'utf8');
  const workspace = await createWorkspace({ manifest, ...options });
  const people = Array.from(
    { length: peopleCount },
    (_, n) => workspace.addUser({ name: `p${n}`, realName: `Person ${n}` }).id,
  );
  const incidents = workspace.addChannel({ name: 'incidents', members: people, withBot: true });
  return {
    workspace,
    people,
    env: {
      SLACK_BOT_TOKEN: workspace.botToken,
      SLACK_APP_TOKEN: workspace.appToken,
      SLACK_SIGNING_SECRET: workspace.signingSecret,
    },
    config: (mode, services) => `slack:
  mode: ${mode}
  apiUrl: ${workspace.apiUrl}
  botToken: env:SLACK_BOT_TOKEN
  appToken: env:SLACK_APP_TOKEN
  signingSecret: env:SLACK_SIGNING_SECRET
  port: 0
incidents: { channel: ${incidents.id}, zone: Europe/Berlin }
services:
${services}`,
  };
}

/** One service with these components, in one environment that two people answer for: one asks, the other approves. */
export function serviceConfig(
  id: string,
  [asker = '', approver = '']: readonly string[],
  components: string,
): string {
  return `  ${id}:
    responders: [${asker}, ${approver}]
    environments:
      production:
        components: { ${components} }
        probes: { health: { kind: http, url: "http://127.0.0.1:9/" } }
        approval: { from: [${approver}] }
`;
}
