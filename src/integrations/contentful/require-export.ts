/** Nothing that hides or writes over content runs before what would be lost sight of is in a file. */

import { OutsideError } from '../../errors.ts';
import type { Check } from '../../operation.ts';
import { fail, pass } from '../checks.ts';
import type { Contentful } from './client.ts';
import type { Exports } from './exports.ts';

const NAME = 'What would be lost is exported first';

/** What the file is to hold: of this space, and of the environment that readers lose sight of where it is known. */
export interface WantedExport {
  readonly file: string;
  readonly environment?: string | undefined;
}

/** @throws OutsideError, nothing was done, unless the export is there, whole. */
export async function requireExport(
  contentful: Contentful,
  exports: Exports,
  wanted: WantedExport,
  attempted: string,
): Promise<void> {
  const fault = await faultOf(contentful, exports, wanted);
  if (fault === undefined) return;
  throw new OutsideError({
    kind: 'rejected',
    system: 'Backstop',
    attempted,
    on: `${contentful.on} without an export`,
    answer: fault,
    next: 'Nothing was changed. Let the step that exports run again, or put the content back by hand.',
  });
}

/** The same as a check of a plan, whose step before is to write it. */
export async function exportCheck(
  contentful: Contentful,
  exports: Exports,
  wanted: WantedExport,
): Promise<Check> {
  if (!(await exports.find(wanted.file))) {
    const words = 'It is to be exported by the step before; without it this step refuses to run.';
    return pass(NAME, words);
  }
  const fault = await faultOf(contentful, exports, wanted);
  return fault === undefined
    ? pass(NAME, `It is in ${exports.path(wanted.file)}.`)
    : fail(NAME, fault);
}

async function faultOf(
  contentful: Contentful,
  exports: Exports,
  { file, environment }: WantedExport,
): Promise<string | undefined> {
  const kept = await exports.find(file);
  if (!kept) return `There is no whole export ${exports.path(file)}`;
  if (kept.space !== contentful.space || (environment ?? kept.environment) !== kept.environment) {
    return `${exports.path(file)} is of environment ${kept.environment} of space ${kept.space}`;
  }
  return undefined;
}
