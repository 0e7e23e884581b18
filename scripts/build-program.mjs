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

/** Parts of bundled packages that nothing here calls, and that a bundler cannot know of: by whom they are asked for, and as what. */
const NEVER_USED = [
  // Requests come by Bolt's own HTTP server or by its socket, for one workspace whose token is configured.
  [/@slack\/bolt\/dist\/index\.js$/, /^\.\/receivers\/(Express|AwsLambda)Receiver$/],
  [/@slack\/bolt\/dist\//, /^@slack\/oauth$/],
  // Only the socket is spoken by undici.
  [/undici\/index\.js$/, /^\.\/lib\/(mock|interceptor|cache|web\/eventsource)\//],
  // What is wrong is told in our own words.
  [/zod\/v4\/(core|classic)\/\w+\.js$/, /^\.\.\/locales\/index\.js$/],
];

/** @type {import('esbuild').Plugin} */
const leavesOutWhatIsNeverUsed = {
  name: 'leaves out what is never used',
  setup({ onResolve, onLoad }) {
    for (const [file, filter] of NEVER_USED) {
      onResolve({ filter }, ({ importer }) =>
        file.test(importer) ? { path: 'nothing', namespace: 'nothing' } : undefined,
      );
    }
    onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
    // Tables of encodings and of media types: as files of their own they are read when they are asked for.
    onResolve({ filter: /\.json$/ }, ({ path, kind, resolveDir }) =>
      kind === 'require-call' && resolveDir.includes('node_modules')
        ? { path: join(resolveDir, path), namespace: 'table' }
        : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'table' }, ({ path }) => ({
      contents: readFileSync(path),
      loader: 'copy',
    }));
  },
};

await build({
  entryPoints: [join(root, 'src/cli.ts')],
  outdir: folder,
  bundle: true,
  splitting: true,
  chunkNames: 'parts/[name]-[hash]',
  assetNames: 'parts/[name]-[hash]',
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
  lineLimit: 200,
  logLevel: 'warning',
  plugins: [leavesOutWhatIsNeverUsed],
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
