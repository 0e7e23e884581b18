import { z } from 'zod';
import type { Deployment } from './deployment.ts';

interface Test {
  readonly op: 'test';
  readonly path: string;
  readonly value: string | number;
}

/**
 * The condition of a patch: the same Deployment, with its spec as it was read. `generation` counts changes of the spec alone,
 * where `resourceVersion` also changes with every pod that comes or goes, which a deployment in trouble does all the time.
 */
export function condition({ metadata: { uid, generation } }: Deployment): readonly Test[] {
  return [
    { op: 'test', path: '/metadata/uid', value: uid },
    ...(generation === undefined
      ? []
      : [{ op: 'test' as const, path: '/metadata/generation', value: generation }]),
  ];
}

/** The generation that the API server answered a patch with; null where it did not say. */
export function changed(answer: unknown): number | null {
  const seen = z.object({ metadata: z.object({ generation: z.int() }) }).safeParse(answer);
  return seen.data?.metadata.generation ?? null;
}
