/**
 * Bundles the `backstop` command and prepares the playbooks that come with it: `node scripts/build-program.mjs [folder]`,
 * into `dist` unless told otherwise.
 */

import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parse } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = resolve(process.argv[2] ?? join(root, 'dist'));

/** What every start of the bot loads; one file is read faster than a thousand. Vendors' packages load when a service needs them. */
const BUNDLED = [
  '@slack/bolt',
  '@slack/socket-mode',
  '@slack/types',
  '@slack/web-api',
  'commander',
  'undici',
  'ws',
  'yaml',
  'zod',
];
const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

await build({
  entryPoints: [join(root, 'src/cli.ts')],
  outdir: folder,
  bundle: true,
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  external: Object.keys(dependencies).filter((name) => !BUNDLED.includes(name)),
  // Some of what is bundled is CommonJS and asks for Node's own modules.
  banner: {
    js: `import { createRequire as createRequireOfProgram } from 'node:module'; const require = createRequireOfProgram(import.meta.url);`,
  },
  // The text of a program stays in memory. Names and short lines stay, for stack traces in the log.
  minifyWhitespace: true,
  minifySyntax: true,
  keepNames: true,
  lineLimit: 200,
  logLevel: 'warning',
});

// A program of the sandbox, which runs as a process of its own.
const tools = 'mongo-tools-stand-in.mjs';
copyFileSync(join(root, 'src/sandbox/database', tools), join(folder, tools));

const playbooks = join(root, 'playbooks');
mkdirSync(join(folder, 'playbooks'), { recursive: true });
for (const file of readdirSync(playbooks)) {
  const value = parse(readFileSync(join(playbooks, file), 'utf8'));
  const prepared = join(folder, 'playbooks', `${basename(file, '.yaml')}.json`);
  writeFileSync(prepared, JSON.stringify(value));
}
