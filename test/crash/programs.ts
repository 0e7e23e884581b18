/**
 * The two programs of the crash test, each bundled into one file: the bot, and the stage on which a story is told to it.
 * A story costs two starts of the bot, so a start has to be cheap: what V8 compiled of a program is kept and used again.
 */

import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { parse } from 'yaml';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Programs {
  /** Starts a program: `node <load> <program>`. */
  readonly load: string;
  readonly bot: string;
  readonly stage: string;
  remove(): void;
}

const CALLED = { load: 'load-program', bot: 'bot', stage: 'stage-process' };

/** Builds them into a temporary folder; takes a few seconds. */
export async function buildPrograms(): Promise<Programs> {
  const folder = mkdtempSync(join(tmpdir(), 'backstop-crash-programs-'));
  packageInto(folder);
  await build({
    entryPoints: Object.values(CALLED).map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    // One has a binary; no story has a cluster, and its client is a third of all the text.
    external: ['better-sqlite3', '@kubernetes/client-node'],
    define: { 'import.meta.url': '__url' },
    banner: { js: `const __url = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [whereItWas(folder)],
    logLevel: 'error',
  });
  return {
    load: join(folder, `${CALLED.load}.cjs`),
    bot: join(folder, `${CALLED.bot}.cjs`),
    stage: join(folder, `${CALLED.stage}.cjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** What comes with the package (stories read the playbooks), and the playbooks as the build prepares them, which every start of the bot reads. */
function packageInto(folder: string): void {
  for (const name of ['package.json', 'manifest.yml', 'playbooks']) {
    symlinkSync(join(ROOT, name), join(folder, name));
  }
  mkdirSync(join(folder, 'dist/playbooks'), { recursive: true });
  for (const file of readdirSync(join(ROOT, 'playbooks'))) {
    const value: unknown = parse(readFileSync(join(ROOT, 'playbooks', file), 'utf8'));
    const prepared = join(folder, 'dist/playbooks', `${basename(file, '.yaml')}.json`);
    writeFileSync(prepared, JSON.stringify(value));
  }
}

/** A module finds files from where its source is; those of the package from the program, as it is built. */
function whereItWas(folder: string): Plugin {
  return {
    name: 'where it was',
    setup(bundle) {
      bundle.onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, ({ path }) => {
        const place = path.endsWith('/src/package-path.ts') ? join(folder, 'dist') : dirname(path);
        const text = readFileSync(path, 'utf8');
        return {
          contents: text.replaceAll('import.meta.dirname', JSON.stringify(place)),
          loader: 'ts',
        };
      });
    },
  };
}
