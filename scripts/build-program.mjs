/** Bundles the `backstop` command: `node scripts/build-program.mjs [folder]`, into `dist` unless told otherwise. */

import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

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
  // Stack traces in the log name what the source names.
  keepNames: true,
  logLevel: 'warning',
});
