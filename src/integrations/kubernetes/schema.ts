import { z } from 'zod';
import { ApiAddress, ApiToken } from '../json-api/address.ts';

const file = z.string().regex(/^\/[^\0\n]*$/, 'must be an absolute path');

/** `kubernetes`: which cluster, as whom. */
export const KubernetesConnection = z.strictObject({
  auth: z.discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('in-cluster') })
      .describe('The service account of the pod that Backstop runs in.'),
    z
      .strictObject({
        kind: z.literal('kubeconfig'),
        file,
        context: z.string().min(1).max(253).optional().describe('The current one unless given.'),
      })
      .describe('A kubeconfig file; a command that gets credentials in it is run.'),
    z.strictObject({
      kind: z.literal('token'),
      server: ApiAddress.describe('https://HOST:6443'),
      token: ApiToken,
      caFile: file.optional().describe('The certificate authority of the API server, PEM.'),
    }),
  ]),
});
export type KubernetesConnection = z.infer<typeof KubernetesConnection>;

const name = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/, 'must be a name of Kubernetes');

/** A Deployment: put back by its ReplicaSets, restarted, scaled. */
export const KubernetesDeploymentSettings = z.strictObject({
  namespace: name.default('default'),
  deployment: name,
  versionLabel: z
    .string()
    .min(1)
    .max(300)
    .default('app.kubernetes.io/version')
    .describe('The label of the pods that tells their release; else the tag of the image does.'),
  commitAnnotation: z
    .string()
    .min(1)
    .max(300)
    .optional()
    .describe('The annotation of the pods that tells their commit.'),
  maxReplicas: z
    .int()
    .min(1)
    .max(1_000)
    .default(20)
    .describe('How many replicas people may scale to.'),
  managedElsewhere: z
    .boolean()
    .default(false)
    .describe(
      'True where Argo CD or Flux may take it back and you pause them first: the plan then only warns.',
    ),
  limitMinutes: z
    .number()
    .min(1)
    .max(240)
    .default(15)
    .describe('How long a rollout may take before its run halts.'),
  usualMinutes: z.number().positive().max(240).default(2),
});
export type KubernetesDeploymentSettings = z.infer<typeof KubernetesDeploymentSettings>;
