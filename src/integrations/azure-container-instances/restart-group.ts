import { z } from 'zod';
import type { Handle, Json, Operation } from '../../operation.ts';
import {
  handleOf,
  progressOf,
  recoveryOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { imageLabel, isPinned } from '../azure/image.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import { readGroup } from './group.ts';
import { groupImagesCheck } from './group-images.ts';

export const RESTART = 'restart';

/** The image that runs, and when its container was started last. */
const Input = z.strictObject({ image: z.string().min(1), startedAt: z.iso.datetime() });

const LIMIT_MS = 30 * 60_000;

/** Stops every container of the group and starts it anew with the same definition. Told by when its container was started. */
export function createRestartGroup(arm: Arm, registries: Registries): Operation {
  const { calls, client, settings } = arm;
  const { resourceGroup, group: name } = settings;
  const quietMs = settings.quietSeconds * 1000;
  const parse = (input: Json) => Input.parse(input);

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { image, startedAt } = parse(input);
    const group = await readGroup(arm, signal);
    const isSame = group.image === image;
    const isNew = group.startedAt !== undefined && group.startedAt > startedAt;
    const failure = group.failure ?? (isNew ? group.crash : undefined);
    const state = failure === undefined ? '' : ' (failed)';
    const started = isNew ? 'started anew' : 'as it was started before';
    return {
      fingerprint: isSame ? `${started}${state}` : group.image,
      expected: 'started anew',
      moving: group.isMoving,
      // It is for a restart to start it; whether it stays up, the probes say.
      notUp: isSame && isNew && !group.isUp ? 'unsound' : undefined,
      note: `${imageLabel(group.image)} ${started}, ${group.state.toLowerCase()}`,
      broken:
        isSame && isNew && failure !== undefined && !group.isMoving
          ? `The group was restarted and does not start: ${failure}`
          : undefined,
    };
  }

  return {
    effect: 'append',
    guarantee: 'observable',
    quietMs,
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
    title: () => `Restart container group ${name}`,
    async observe(input, signal) {
      const { broken: _broken, notUp: _notUp, ...seen } = await look(input, signal);
      return seen;
    },
    async describe(input, signal) {
      parse(input);
      const { state } = await readGroup(arm, signal);
      return [
        {
          what: `every container of ${name}`,
          from: state.toLowerCase(),
          to: 'stopped, then started anew: what it is doing is interrupted',
        },
      ];
    },
    async preflight(input, signal) {
      const { image } = parse(input);
      const group = await readGroup(arm, signal);
      const can = 'The group can be restarted';
      const same = 'The image stays the same';
      return [
        group.isMoving
          ? fail(can, `Azure is changing ${name}; wait until it has ended.`)
          : pass(can, `${name} is not being changed.`),
        group.image === image
          ? pass('The group runs what was planned for', `It runs ${imageLabel(image)}.`)
          : fail('The group runs what was planned for', `It runs ${group.image} now.`),
        // A restart pulls the image again.
        isPinned(image)
          ? pass(same, 'It is named by its digest.')
          : warn(same, `Azure pulls whatever ${image} names now.`),
        await groupImagesCheck(arm, registries, group, image, signal),
      ];
    },
    async submit(input, intent, signal): Promise<Handle> {
      parse(input);
      const answer = await calls.change(
        'restart the container group',
        (o) => client.containerGroups.beginRestart(resourceGroup, name, o),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },
    poll: (handle, signal) => progressOf(calls, handle, look, signal),
    async recover(input, intent, handle, signal) {
      return recoveryOf(calls, await look(input, signal), intent, handle, signal);
    },
    manual(input) {
      const { startedAt } = parse(input);
      const where = `--subscription ${arm.subscription} --resource-group ${resourceGroup} --name ${name}`;
      return `az container restart ${where} stops and starts every container; az container show ${where} --query "containers[].[name,instanceView.currentState.startTime,instanceView.currentState.state]" shows Running and a start later than ${startedAt}.`;
    },
  };
}
