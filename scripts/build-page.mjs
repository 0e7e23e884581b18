/** Builds the sandbox's page: `node scripts/build-page.mjs [folder]`, into `dist/sandbox/page` unless told otherwise. */

import { copyFileSync, mkdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(root, 'src/sandbox/page');
const folder = resolve(process.argv[2] ?? join(root, 'dist/sandbox/page'));

mkdirSync(folder, { recursive: true });
copyFileSync(join(source, 'index.html'), join(folder, 'index.html'));
await build({
  entryPoints: [join(source, 'main.tsx'), join(source, 'main.css')],
  outdir: folder,
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  tsconfig: join(source, 'tsconfig.json'),
  logLevel: 'warning',
});
