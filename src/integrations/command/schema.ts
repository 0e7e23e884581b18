/** A component whose operations are commands, and a probe that is one. */

import { z } from 'zod';
import {
  Argv,
  ConfiguredOperation,
  EXPORT_WRITTEN,
  SAFETY_BACKUP,
  seconds,
  touchesData,
} from './operation-settings.ts';
import { refuseSeenSecrets, surroundings } from './where.ts';

/** A component whose operations are commands. */
export const CommandSettings = z
  .strictObject({
    ...surroundings,
    operations: z
      .record(
        z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be a name such as restart-worker'),
        ConfiguredOperation,
      )
      .refine((all) => Object.keys(all).length > 0, { error: 'must have at least one operation' }),
    hold: z
      .strictObject({
        acquire: z.string(),
        release: z.string(),
        insteadOf: z
          .string()
          .min(1)
          .max(40)
          .optional()
          .describe(
            'The component whose hold stops and starts the same: it is held by these alone.',
          ),
      })
      .optional()
      .describe('The operations that stop and start what writes, around a whole run.'),
    restore: z
      .string()
      .optional()
      .describe(
        'The operation that puts back a backup of the component that it `restores`; its one parameter is the name of the backup. Asked for by `/rollback only <this component>`.',
      ),
    phase: z
      .enum(['data', 'content', 'code'])
      .default('code')
      .describe('With `restore` it is always data.'),
  })
  .superRefine((settings, context) => {
    refuseSeenSecrets(settings, context);
    const { operations, hold, restore } = settings;
    for (const own of [SAFETY_BACKUP, EXPORT_WRITTEN]) {
      if (!Object.hasOwn(operations, own)) continue;
      const message = 'must have another name: Backstop itself has an operation of this one';
      context.addIssue({ code: 'custom', path: ['operations', own], message });
    }
    for (const way of ['acquire', 'release'] as const) {
      const wanted = hold?.[way] ?? '';
      const held = operations[wanted];
      if (!held || !touchesData(held)) continue;
      const message = 'must not restore: it comes before any safety backup, or after all is done';
      context.addIssue({ code: 'custom', path: ['hold', way], message });
    }
    const restoring = restore === undefined ? undefined : operations[restore];
    if (restoring && !(touchesData(restoring) && Object.keys(restoring.parameters).length === 1)) {
      const message = `must name an operation with \`restores\` and one parameter, the name of the backup; ${restore} is none`;
      context.addIssue({ code: 'custom', path: ['restore'], message });
    }
    const named = [
      ...(restore === undefined ? [] : [['restore', undefined, restore] as const]),
      ...(hold ? [['hold', 'acquire', hold.acquire] as const] : []),
      ...(hold ? [['hold', 'release', hold.release] as const] : []),
      ...Object.entries(operations).flatMap(([name, { undo }]) =>
        undo === undefined ? [] : [['operations', name, undo] as const],
      ),
    ];
    for (const [first, second, wanted] of named) {
      if (Object.hasOwn(operations, wanted)) continue;
      const message = `must name an operation of this component; ${wanted} is none`;
      const path = second === undefined ? [first] : [first, second];
      context.addIssue({ code: 'custom', path, message });
    }
    for (const [name, { undo }] of Object.entries(operations)) {
      const back = undo === undefined ? undefined : operations[undo];
      if (!back || !touchesData(back)) continue;
      const message =
        'must not restore: nothing takes a safety backup before an undo; make it the `restore` of the component';
      context.addIssue({ code: 'custom', path: ['operations', name, 'undo'], message });
    }
  });
export type CommandSettings = z.infer<typeof CommandSettings>;

/** A probe that runs a command: exit code 0 passes. */
export const CommandProbeSettings = z
  .strictObject({
    ...surroundings,
    run: Argv,
    warnOn: z.array(z.int().min(1).max(255)).default([]).describe('Exit codes that only warn.'),
    unknownOn: z
      .array(z.int().min(1).max(255))
      .default([])
      .describe('Exit codes that say: it could not be found out.'),
    limitSeconds: seconds.max(120).default(20),
  })
  .superRefine(refuseSeenSecrets);
export type CommandProbeSettings = z.infer<typeof CommandProbeSettings>;
