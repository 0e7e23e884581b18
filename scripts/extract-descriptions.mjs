/**
 * Takes from the vendors' published descriptions what the contract tests need: `node scripts/extract-descriptions.mjs [vendor]…`
 * writes `test/contract/descriptions/*.json`. Needs npm, pip and unzip; the packages go into a folder that is deleted again.
 * The versions are those below and in `descriptions/*.mjs`; so are the operations: add one there and run this.
 */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeAws } from './descriptions/aws.mjs';
import { describeAzure } from './descriptions/azure.mjs';
import { describeContentful } from './descriptions/contentful.mjs';
import { describeGitHub } from './descriptions/github.mjs';
import { describeHeroku } from './descriptions/heroku.mjs';
import { describeKubernetes } from './descriptions/kubernetes.mjs';
import { describeLaunchDarkly } from './descriptions/launchdarkly.mjs';
import { describeStatuspage } from './descriptions/statuspage.mjs';
import { describeUnleash } from './descriptions/unleash.mjs';
import { describeVercel } from './descriptions/vercel.mjs';

const GENERATOR = 'ts-json-schema-generator@2.4.0';

/** The newest of App Service that describes itself; 19 is written without mappers. The others are those that the bot uses. */
const PACKAGES = {
  azure: [
    ...[
      '@azure/arm-appcontainers@3.0.0',
      '@azure/arm-appservice@18.0.0',
      '@azure/arm-containerinstance@9.1.0',
    ],
    ...[
      '@azure/arm-monitor@7.0.0',
      '@azure/arm-postgresql-flexible@9.0.0',
      '@azure/arm-resources@5.2.0',
      '@azure/container-registry@1.1.2',
    ],
  ],
  aws: [],
  github: ['@octokit/openapi@23.0.2'],
  contentful: ['contentful-management@12.18.0', GENERATOR],
  heroku: ['@heroku-cli/schema@2.0.1', GENERATOR],
  kubernetes: ['@kubernetes/client-node@1.4.0', GENERATOR],
  launchdarkly: ['launchdarkly-api-typescript@17.2.0', GENERATOR],
  statuspage: [],
  unleash: ['unleash-server@7.6.5'],
  vercel: ['@vercel/sdk@1.28.35', GENERATOR],
};
const DESCRIBE = {
  azure: describeAzure,
  aws: describeAws,
  github: describeGitHub,
  contentful: describeContentful,
  heroku: describeHeroku,
  kubernetes: describeKubernetes,
  launchdarkly: describeLaunchDarkly,
  statuspage: describeStatuspage,
  unleash: describeUnleash,
  vercel: describeVercel,
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const asked = process.argv.slice(2);
const dir = mkdtempSync(join(tmpdir(), 'descriptions-'));
try {
  for (const vendor of asked.length > 0 ? asked : Object.keys(DESCRIBE)) {
    writeFileSync(join(dir, 'package.json'), '{"private":true}');
    const install = ['install', '--no-audit', '--no-fund', '--ignore-scripts', ...PACKAGES[vendor]];
    if (PACKAGES[vendor].length > 0) execFileSync('npm', install, { cwd: dir, stdio: 'inherit' });
    const description = await DESCRIBE[vendor](dir);
    const taken = new Date().toISOString().slice(0, 10);
    writeFileSync(
      join(root, `test/contract/descriptions/${vendor}.json`),
      written({ taken, ...description }),
    );
  }
} finally {
  rmSync(dir, { recursive: true });
}

/** One operation and one schema a line, so that a new version reads as a list of what changed. */
function written({ taken, sources, operations, schemas }) {
  const lines = (entries) => entries.join(',\n');
  const sorted = Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{
"taken": ${JSON.stringify(taken)},
"sources": [
${lines(sources.map((one) => JSON.stringify(one)))}
],
"operations": [
${lines(operations.map((one) => JSON.stringify(one)))}
],
"schemas": {
${lines(sorted.map(([name, one]) => `${JSON.stringify(name)}: ${JSON.stringify(one)}`))}
}
}
`;
}
