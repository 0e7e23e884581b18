/** Where a command runs, and what surrounds it there. */

import { z } from 'zod';

export const absolutePath = z
  .string()
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path')
  .refine((path) => !path.split('/').includes('..'), { error: 'must not go up with ..' });
const userName = z.string().regex(/^[a-z_][a-z0-9_.-]{0,31}$/i, 'must be the name of a user');
const variableName = z.string().regex(/^[A-Za-z_]\w{0,99}$/, 'must be the name of a variable');
/** What a command is given: any text without a NUL. */
export const text = z
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

/** Where commands run and what surrounds them there. */
const Surroundings = z.strictObject(surroundings);
export type Surroundings = z.infer<typeof Surroundings>;

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
