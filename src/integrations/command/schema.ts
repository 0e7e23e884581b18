import { z } from 'zod';

export const absolutePath = z
  .string()
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path')
  .refine((path) => !path.split('/').includes('..'), { error: 'must not go up with ..' });
const userName = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'must be the name of a user');
const variableName = z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'must be the name of a variable');
const text = z
  .string()
  .max(4_000)
  .refine((value) => !value.includes('\0'), { error: 'must not have a NUL in it' });

const clientEnv = z
  .record(variableName, text)
  .default({})
  .describe(
    'Environment of the client program on this machine, such as SSH_AUTH_SOCK or DOCKER_HOST.',
  );

/** A docker compose project, and how its command line is called. */
export const ComposeProject = z.strictObject({
  project: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, 'must be the name of a compose project'),
  directory: absolutePath.describe('Where compose is called; paths in its files start here.'),
  files: z.array(absolutePath).min(1).describe('The compose files, in their order.'),
  envFile: absolutePath.optional().describe('The file of variables of this instance.'),
  program: z
    .string()
    .regex(/^(\/[^\0\n]*|[a-z0-9][a-z0-9.-]{0,60})$/, 'must be a path or the name of a program')
    .default('docker'),
  clientEnv,
});
export type ComposeProject = z.infer<typeof ComposeProject>;

/** A service of a compose project, by its name in the compose file. */
export const ServiceName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be the name of a compose service');

const remoteTimeout = z
  .boolean()
  .default(true)
  .describe(
    'Ends the command over there by timeout(1) of that place; false where there is none, which leaves it running when time is up.',
  );

const kubernetesName = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'must be a name as Kubernetes takes it');

/** A pod of a cluster, or one that kubectl takes of a deployment. */
const Pod = z
  .strictObject({
    kind: z.literal('pod'),
    context: z
      .string()
      .regex(/^[A-Za-z0-9][^\0\n]{0,252}$/, 'must be the name of a context')
      .optional()
      .describe('Of the kubeconfig; its current one unless given.'),
    namespace: kubernetesName,
    pod: kubernetesName.optional(),
    deployment: kubernetesName.optional().describe('Instead of a pod: one of its pods.'),
    container: kubernetesName.optional().describe('The pod says which unless given.'),
    program: z
      .string()
      .regex(/^(\/[^\0\n]*|[a-z0-9][a-z0-9.-]{0,60})$/, 'must be a path or the name of a program')
      .default('kubectl'),
    clientEnv,
    remoteTimeout,
  })
  .refine(({ pod, deployment }) => (pod === undefined) !== (deployment === undefined), {
    error: 'must name either a pod or a deployment',
  });

/** Where a command runs. */
export const Where = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('local'),
    user: userName.optional().describe('Runs as this user; needs Backstop to run as root.'),
  }),
  z.strictObject({
    kind: z.literal('ssh'),
    host: z
      .string()
      .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$/, 'must be a host name or address'),
    user: userName.optional(),
    port: z.int().min(1).max(65_535).default(22),
    identityFile: absolutePath.optional(),
    knownHostsFile: absolutePath.optional(),
    program: absolutePath.default('/usr/bin/ssh'),
    clientEnv,
    remoteTimeout,
  }),
  ComposeProject.extend({
    kind: z.literal('compose'),
    service: ServiceName,
    user: userName.optional(),
    remoteTimeout,
  }),
  Pod,
]);
export type Where = z.infer<typeof Where>;

/** Without a placeholder in the executable: what runs is never decided by a parameter. */
export const Argv = z
  .array(text)
  .min(1)
  .max(100)
  .refine(([program = '']) => /^[A-Za-z0-9_./][A-Za-z0-9_./+@-]*$/.test(program), {
    error: 'must begin with an executable: a path or a name, without spaces, {} or =',
  })
  .describe('The executable and its arguments, one text each; no shell reads them.');

const seconds = z.number().positive().max(86_400);

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
        'The component whose database it changes or puts back; `nothing` where it touches no data. It never runs unless Backstop took a backup of that lately, which can be read to its end, and a second person allows it.',
      ),
    safetyMinutes: z
      .number()
      .min(1)
      .max(1_440)
      .default(60)
      .describe('How old that backup may be at most.'),
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
    if (restores === undefined && (run.some(namesRestore) || isDatabaseClient(run[0]))) {
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

/** Whether a program or one of its arguments is called as those are that put data back: `restore-backup.sh`, `pg_restore`. */
function namesRestore(argument: string): boolean {
  return /restore|roll-?_?back/i.test(argument.slice(argument.lastIndexOf('/') + 1));
}

/** Whether it is a program that carries out whatever it is given on a database: guide 002 restores MySQL so. */
function isDatabaseClient(program = ''): boolean {
  return /^(psql|mysql|mariadb|mongosh|mongo)$/.test(program.slice(program.lastIndexOf('/') + 1));
}

export const surroundings = {
  where: Where.prefault({ kind: 'local' }),
  directory: absolutePath.optional().describe('The working directory, where the command runs.'),
  env: z
    .record(variableName, text)
    .default({})
    .describe('All of its environment, besides PATH and LANG, which have defaults.'),
  secretEnv: z
    .record(variableName, text.meta({ secret: true }))
    .default({})
    .describe('The same for secrets; never over ssh or in a pod, where arguments can be seen.'),
};

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

/** Where commands run and what surrounds them there. */
export type Surroundings = Pick<CommandSettings, 'where' | 'directory' | 'env' | 'secretEnv'>;

export function refuseSeenSecrets(
  { where, secretEnv }: Pick<Surroundings, 'where' | 'secretEnv'>,
  context: z.RefinementCtx,
): void {
  if (Object.keys(secretEnv).length === 0) return;
  if (where.kind !== 'ssh' && where.kind !== 'pod') return;
  const message =
    where.kind === 'ssh'
      ? 'must be empty over ssh: keep the secret in a file on that host'
      : 'must be empty for a pod: give its container the secret';
  context.addIssue({ code: 'custom', path: ['secretEnv'], message });
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
