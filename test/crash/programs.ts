/**
 * The two programs of the crash test, each bundled into one file: the bot, and the stage on which a story is told to it.
 * A story costs two starts of the bot, so a start has to be cheap: what V8 compiled of a program is kept and used again.
 */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

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
  await build({
    entryPoints: Object.values(CALLED).map((name) => join(import.meta.dirname, `${name}.ts`)),
    outdir: folder,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    minifyWhitespace: true,
    minifySyntax: true,
    external: ['better-sqlite3', 'esbuild'],
    define: { 'import.meta.url': '__url' },
    banner: { js: `const __url = require('node:url').pathToFileURL(__filename).href;` },
    plugins: [whereItWas],
    logLevel: 'error',
  });
  return {
    load: join(folder, `${CALLED.load}.cjs`),
    bot: join(folder, `${CALLED.bot}.cjs`),
    stage: join(folder, `${CALLED.stage}.cjs`),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A module finds the files of the package from where its source is. */
const whereItWas: Plugin = {
  name: 'where it was',
  setup(bundle) {
    bundle.onLoad({ filter: /\/(src|test)\/.*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        'import.meta.dirname',
        JSON.stringify(dirname(path)),
      ),
      loader: 'ts',
    }));
  },
};
