import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a description was taken from: an npm package installed in `dir`. */
export function sourceOf(dir, name) {
  const { version, license } = JSON.parse(
    readFileSync(join(dir, 'node_modules', name, 'package.json'), 'utf8'),
  );
  return { package: `npm ${name}`, version, licence: license };
}
