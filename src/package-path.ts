/** Where the files are that come with the package, from the source as from the bundled program. */

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const ROOT = rootAbove(import.meta.dirname);

/** A file or folder that comes with the package, such as `manifest.yml`. */
export function packagePath(name: string): string {
  return join(ROOT, name);
}

/** The same as the build has prepared it, to be read faster; as it is where the source itself runs. */
export function preparedPath(name: string): string {
  const built = join(ROOT, 'dist');
  const prepared = join(built, name);
  const isBuilt = import.meta.dirname.startsWith(built) && existsSync(prepared);
  return isBuilt ? prepared : join(ROOT, name);
}

/** @throws Error outside of any package. */
function rootAbove(folder: string): string {
  if (existsSync(join(folder, 'package.json'))) return folder;
  const above = dirname(folder);
  if (above === folder) throw new Error('Backstop does not find its own package.json.');
  return rootAbove(above);
}
