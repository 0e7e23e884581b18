/** `/rollback points`: what an environment can be put back to, and how old it is. */

import { unknownService } from '../blocks/help.ts';
import { restorePointsReply } from '../blocks/restore-points.ts';
import { messageOf } from '../errors.ts';
import { type Desk, incidentOfChannel, type Request } from './desk.ts';
import type { Outcome } from './on-command.ts';

/** Milliseconds that a look may take. */
const LOOK_LIMIT_MS = 60_000;

/** Looks at the environment that is named, or at that of the channel's incident; the one who asks is told, and nothing is recorded. */
export function lookAtRestorePoints(
  desk: Desk,
  request: Request,
  channel: string,
  [id, named]: readonly (string | undefined)[],
): Outcome {
  const incident = id === undefined ? incidentOfChannel(desk, channel) : undefined;
  const service = desk.catalogue.service(incident?.service ?? id ?? '');
  if (!service) return { reply: unknownService(id, desk.catalogue.services()) };
  const environments = Object.keys(service.environments);
  const only = environments.length === 1 ? environments[0] : undefined;
  const environment = incident?.environment ?? named ?? only ?? '';
  if (!Object.hasOwn(service.environments, environment)) {
    return { reply: unknownService([id, named].filter(Boolean).join(' '), [service]) };
  }
  const look = async (): Promise<void> => {
    const signal = AbortSignal.timeout(LOOK_LIMIT_MS);
    try {
      const points = await desk.restorePoints(service.id, environment, signal);
      await request.answer(
        restorePointsReply(`${service.id} ${environment}`, points, desk.clock.now()),
      );
    } catch (error) {
      await request.answer({ text: `The restore points could not be read. ${messageOf(error)}` });
    }
  };
  const text = 'Having a look; the restore points appear here in a moment, for you alone.';
  return { reply: { text, blocks: [] }, after: look };
}
