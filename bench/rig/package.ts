import { existsSync, symlinkSync } from 'node:fs';
import { resolve } from 'node:path';

/** What the bot reads from its package, besides its code. */
const PACKAGED = ['package.json', 'manifest.yml', 'backstop.schema.json', 'playbooks'];

/** Puts what the bot expects in its package beside the compiled code; to be run in the folder of the repository. */
export function linkPackage(): void {
  for (const name of PACKAGED) {
    const link = new URL(`../../${name}`, import.meta.url).pathname;
    if (!existsSync(link) && existsSync(name)) symlinkSync(resolve(name), link);
  }
}
