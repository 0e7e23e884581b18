/** One thing that a component of commands can do, as `backstop.yaml` says it. */

import { z } from 'zod';
import { mayRestore } from './may-restore.ts';
import { text } from './where.ts';

/** Without a placeholder in the executable: what runs is never decided by a parameter. */
export const Argv = z
  .array(text)
  .min(1)
  .max(100)
  .refine(([program = '']) => /^[A-Za-z0-9_./][A-Za-z0-9_./+@-]*$/.test(program), {
    error: 'must begin with an executable: a path or a name, without spaces, {} or =',
  })
  .describe('The executable and its arguments, one text each; no shell reads them.');

/** A time limit. */
export const seconds = z.number().positive().max(86_400);

const Parameter = z.strictObject({
  pattern: z
    .string()
    .min(1)
    .max(500)
    .refine(isPattern, { error: 'must be a regular expression' })
    .describe('What a value must match from its first to its last character.'),
  description: z.string().min(1).max(200).optional(),
  default: z.string().max(200).optional(),
});
export type Parameter = z.infer<typeof Parameter>;

const Parameters = z
  .record(z.string().regex(/^[a-z][A-Za-z0-9_]{0,39}$/, 'must be a name such as backup'), Parameter)
  .default({})
  .describe('What may be put in place of {name} in the arguments.');

const exitCode = z.string().regex(/^(\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])$/, 'must be 0 to 255');

const Check = z.strictObject({
  run: Argv.describe(
    'Reads only. Exit code 0: it is done; 1: all is as before; else nobody can tell.',
  ),
  limitSeconds: seconds.max(25).default(10),
});

export const safetyMinutes = z
  .number()
  .min(1)
  .max(1_440)
  .optional()
  .describe(
    'How long ago the safety backup of the run may have been taken at most; what was written since is not in it. Unless set, `restoreMinutes` of the database and an hour more: an export and a second person come between.',
  );

/** One thing a component of kind `command` can do. */
export const ConfiguredOperation = z
  .strictObject({
    title: z.string().min(1).max(120).optional().describe('For people, imperative.'),
    run: Argv,
    parameters: Parameters,
    check: Check.optional().describe(
      'How to see whether it was done. Without it nobody but a person can tell after a crash.',
    ),
    exitCodes: z
      .record(exitCode, z.enum(['succeeded', 'refused', 'failed']))
      .default({ '0': 'succeeded' })
      .describe('refused: it changed nothing. Codes that are not named have failed.'),
    changes: z
      .array(z.strictObject({ what: text, from: text, to: text }))
      .default([])
      .describe('What it changes, in words, for the plan.'),
    asksAgain: z
      .boolean()
      .default(false)
      .describe('A second person is asked right before it runs.'),
    destructive: z.boolean().default(false).describe('It cannot be taken back.'),
    restores: z
      .string()
      .min(1)
      .max(40)
      .optional()
      .describe(
        'The component whose database it changes or puts back; `nothing` where it touches no data. It never runs unless a step before it took a backup of that, which can be read to its end, and a second person allows it.',
      ),
    safetyMinutes,
    undo: z
      .string()
      .optional()
      .describe('The operation that takes it back; it gets the parameters that it has as well.'),
    mitigation: z
      .boolean()
      .default(false)
      .describe(
        'People may ask for it by its name, to buy time: purge-cache, rate-limit. It has one parameter at most.',
      ),
    limitSeconds: seconds.default(600),
    usualSeconds: seconds.default(60),
  })
  .superRefine(({ run, check, parameters, mitigation, restores }, context) => {
    if (mitigation && Object.keys(parameters).length > 1) {
      const message = 'must be one at most for a mitigation: people say one word';
      context.addIssue({ code: 'custom', path: ['parameters'], message });
    }
    if (restores === undefined && mayRestore(run)) {
      const message =
        'must name the component whose database it puts back, because of what it is called; or `nothing` where it touches no data';
      context.addIssue({ code: 'custom', path: ['restores'], message });
    }
    if (mitigation && touchesData({ restores })) {
      const message =
        'must not be said of what restores: a mitigation holds nothing and takes no backup; use `restore` of the component';
      context.addIssue({ code: 'custom', path: ['mitigation'], message });
    }
    if (Object.hasOwn(parameters, SAFETY)) {
      const message = 'must have another name: Backstop itself says by it which backup was taken';
      context.addIssue({ code: 'custom', path: ['parameters', SAFETY], message });
    }
    for (const [path, argv] of [
      [['run'], run],
      [['check', 'run'], check?.run ?? []],
    ] as const) {
      for (const name of placeholdersOf(argv)) {
        if (Object.hasOwn(parameters, name)) continue;
        context.addIssue({
          code: 'custom',
          path: [...path],
          message: `must only use parameters that are declared; {${name}} is not`,
        });
      }
    }
  });
export type ConfiguredOperation = z.infer<typeof ConfiguredOperation>;

/** In the input of an operation that restores: the name of the safety backup that the step before has taken. */
export const SAFETY = 'safety';
/** The operation by which a component of commands takes the safety backup that its `restore` rests on. */
export const SAFETY_BACKUP = 'safety-backup';
/** The same for what was written since the backup that is put back. */
export const EXPORT_WRITTEN = 'export-written';
const NOTHING = 'nothing';

/** Whether it says that it changes or puts back the data of a database. */
export function touchesData({ restores }: Pick<ConfiguredOperation, 'restores'>): boolean {
  return restores !== undefined && restores !== NOTHING;
}

/** The names in `{name}`; `{{…}}` is text. */
export function placeholdersOf(argv: readonly string[]): readonly string[] {
  return argv.flatMap((each) => [...each.matchAll(PLACEHOLDER)].map(([, name = '']) => name));
}

export const PLACEHOLDER = /(?<!\{)\{([a-z][A-Za-z0-9_]*)\}(?!\})/g;

function isPattern(pattern: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'u') instanceof RegExp;
  } catch {
    return false;
  }
}
