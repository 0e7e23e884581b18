import type { ContainerGroup } from '@azure/arm-containerinstance';
import { z } from 'zod';
import { OutsideError } from '../../errors.ts';
import { understood } from '../azure/errors.ts';
import type { Arm } from './client.ts';

const State = z
  .object({
    state: z.string().nullish(),
    startTime: z.date().nullish(),
    exitCode: z.number().nullish(),
    detailStatus: z.string().nullish(),
  })
  .nullish();

const Shown = z.object({
  location: z.string(),
  tags: z.record(z.string(), z.string()).nullish(),
  provisioningState: z.string(),
  restartPolicy: z.string().nullish(),
  instanceView: z
    .object({
      state: z.string().nullish(),
      events: z
        .array(z.object({ type: z.string().nullish(), message: z.string().nullish() }))
        .nullish(),
    })
    .nullish(),
  containers: z
    .array(
      z.object({
        name: z.string(),
        image: z.string(),
        instanceView: z
          .object({
            currentState: State,
          })
          .nullish(),
      }),
    )
    .min(1),
});

/** A container group at one moment. */
export interface Group {
  /** The container that runs the release. */
  readonly container: string;
  readonly image: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Azure is creating, updating or deleting it. */
  readonly isMoving: boolean;
  /** It was to be created and could not be; why, where Azure tells. */
  readonly failure: string | undefined;
  /** Its containers have ended and are not started again, so that Azure refuses an update. */
  readonly hasEnded: boolean;
  /** What its container does: `Running`, `Waiting`, `Terminated`. */
  readonly state: string;
  /** Its container runs, or has ended well where it is to end. */
  readonly isUp: boolean;
  /** Why its container has ended for good, and not well. */
  readonly crash: string | undefined;
  /** When its container was started last, ISO 8601; undefined while it is not. */
  readonly startedAt: string | undefined;
  /** As the SDK gave it, without what Azure keeps to itself. */
  readonly definition: ContainerGroup;
}

const SETTLED = ['succeeded', 'failed', 'canceled', 'unhealthy', 'stopped'];

/** @throws OutsideError: `malformed` also when it is not clear which container runs the release. */
export async function readGroup(arm: Arm, signal: AbortSignal): Promise<Group> {
  const { calls, client, settings } = arm;
  const attempted = 'read the container group';
  const definition = await calls.read(
    attempted,
    (o) => client.containerGroups.get(settings.resourceGroup, settings.group, o),
    signal,
  );
  const shown = understood(Shown, definition, attempted, calls.subject);
  const container = containerOf(arm, shown.containers);
  const state = shown.provisioningState.toLowerCase();
  const events = shown.instanceView?.events ?? [];
  const told = events.findLast((event) => /warning|error/i.test(event.type ?? ''))?.message;
  return {
    container: container.name,
    image: container.image,
    tags: shown.tags ?? {},
    isMoving: !SETTLED.includes(state),
    failure: state === 'failed' ? (told ?? 'Azure does not tell why.') : undefined,
    hasEnded: /^(succeeded|failed|terminated)$/i.test(shown.instanceView?.state ?? ''),
    state: container.instanceView?.currentState?.state ?? 'in an unknown state',
    ...standingOf(container.instanceView?.currentState, shown.restartPolicy ?? 'Always'),
    startedAt: container.instanceView?.currentState?.startTime?.toISOString(),
    definition,
  };
}

/** One that ends is started again under `Always`; under `OnFailure` where it failed, under `Never` not at all. */
function standingOf(
  current: z.infer<typeof State>,
  restartPolicy: string,
): Pick<Group, 'isUp' | 'crash'> {
  const state = current?.state?.toLowerCase();
  const policy = restartPolicy.toLowerCase();
  // Nothing is told of it: what Azure says of the group has to do.
  if (state === undefined || state === 'running') return { isUp: true, crash: undefined };
  if (state !== 'terminated' || policy === 'always') return { isUp: false, crash: undefined };
  const exit = current?.exitCode ?? 0;
  if (exit === 0) return { isUp: true, crash: undefined };
  const why = current?.detailStatus ? `, ${current.detailStatus}` : '';
  const crash = policy === 'never' ? `its container ended with exit code ${exit}${why}` : undefined;
  return { isUp: false, crash };
}

function containerOf<T extends { readonly name: string }>(
  { settings, calls }: Arm,
  containers: readonly T[],
): T {
  const found =
    settings.container === undefined
      ? containers.length === 1
        ? containers[0]
        : undefined
      : containers.find((one) => one.name === settings.container);
  if (found) return found;
  const names = containers.map((one) => one.name).join(', ');
  throw new OutsideError({
    kind: 'malformed',
    system: calls.subject.system,
    attempted: 'tell which container runs the release',
    on: calls.subject.on,
    answer: `it has ${names}`,
    next: 'Name the container as `container` in backstop.yaml.',
  });
}
