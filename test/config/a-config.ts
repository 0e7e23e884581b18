/** A small valid configuration, its surroundings, and what reading it gives. */

import type { Config } from '../../src/config/config.ts';
import { parseConfig } from '../../src/config/load.ts';
import { ConfigError } from '../../src/errors.ts';
import {
  announceKinds,
  componentKinds,
  connectionSchemas,
  probeKinds,
} from '../../src/integrations/index.ts';

export const kinds = {
  components: componentKinds,
  probes: probeKinds,
  announce: announceKinds,
  connections: connectionSchemas,
};

export const ENV: Readonly<Record<string, string>> = {
  BOT: 'xoxb-1111-bot',
  APP: 'xapp-1-A1-app',
  SIGNING: '8f742231b10e8888abcd99yyyzzz85a5',
  GITHUB: 'github-secret-of-the-test',
  AZURE: 'azure-secret-of-the-test',
  PORT: '8080',
  EMPTY: '',
};

const FILES: Readonly<Record<string, string>> = {
  'secrets/github': 'github-secret-from-a-file\n',
  'secrets/empty': '\n',
};

/** 26 lines; each test changes one or more of them. */
export const VALID = `slack:
  mode: socket
  botToken: env:BOT
  appToken: env:APP
incidents:
  channel: C0123456789
azure:
  subscriptionId: 11111111-2222-4333-8444-555555555555
  auth: { kind: client-secret, tenantId: t, clientId: c, clientSecret: env:AZURE }
github:
  token: env:GITHUB
services:
  checkout:
    responders: [U0000000ANA]
    environments:
      production:
        components:
          web:
            kind: azure-app-service
            resourceGroup: shop
            app: shop-checkout
        probes:
          health: { kind: http, url: "https://checkout.example.com/health" }
        approval:
          from: [U0000000BEN]
`;

/** VALID with each line that is a key of `changes` (without indentation) in its new form. Fails when there is no such line. */
export function changed(changes: Readonly<Record<string, string>>): string {
  let text = VALID;
  for (const [from, to] of Object.entries(changes)) {
    if (!text.includes(from)) throw new Error(`The valid configuration has no '${from}'.`);
    text = text.replace(from, () => to);
  }
  return text;
}

export function read(text: string, env = ENV): Config {
  return parseConfig(text, { file: '/etc/backstop/backstop.yaml', env, readFile, kinds });
}

/** The lines under the heading of the ConfigError that reading `text` gives. */
export function problemsIn(text: string, env = ENV): readonly string[] {
  try {
    read(text, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const [heading, ...lines] = error.message.split('\n');
    if (heading !== '/etc/backstop/backstop.yaml cannot be used:') throw error;
    return lines.map((line) => line.trim());
  }
  return [];
}

function readFile(path: string): string {
  const text = FILES[path];
  if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return text;
}
