/** Keeps what the runtime has made of the program's text, so that the next start need not read it all again. */

import module from 'node:module';
import { packagePath } from '../package-path.ts';

/** Of Node from 22.8 on; older versions have no such thing. */
const runtime: typeof module & { enableCompileCache?: (folder: string) => unknown } = module;

// Beside the packages, where nobody may write who may not change the program itself. A folder that cannot be written is no failure.
runtime.enableCompileCache?.(packagePath('node_modules/.cache/backstop-code'));
