/** `/rollback readiness`, and the button that looks again: whether services could be rolled back right now. */

import { ACTION, idsOf } from '../blocks/actions.ts';
import { unknownService } from '../blocks/help.ts';
import { readinessReply } from '../blocks/readiness.ts';
import { answered, answerTo, type Desk, personOf, type Request } from './desk.ts';
import { valueOf } from './on-click.ts';
import type { Outcome } from './on-command.ts';

/** Milliseconds that a look may take. */
const LOOK_LIMIT_MS = 60_000;

/** Registers the button. */
export function registerReadiness(desk: Desk): void {
  desk.switchboard.click(ACTION.lookAgain, async ({ ack, body, action: clicked }) => {
    const request: Request = {
      actor: personOf(desk, body.user.id),
      delivery: body.trigger_id,
      answer: answerTo(desk, body.response_url),
    };
    await answered(
      desk,
      request,
      async () => lookAtReadiness(desk, request, idsOf(valueOf(clicked), 1)?.[0]),
      () => ack(),
      async ({ reply, after }) => {
        if (reply) await request.answer(reply);
        await after?.();
      },
    );
  });
}

/** Looks at one service, or at all of them; the one who asks is told. */
export function lookAtReadiness(desk: Desk, request: Request, id: string | undefined): Outcome {
  const services = desk.catalogue
    .services()
    .filter((service) => id === undefined || service.id === id);
  if (services.length === 0) return { reply: unknownService(id, desk.catalogue.services()) };
  const look = async (): Promise<void> => {
    const signal = AbortSignal.timeout(LOOK_LIMIT_MS);
    const places = services.flatMap((service) =>
      Object.keys(service.environments).map((environment) =>
        desk.readiness(service.id, environment, signal),
      ),
    );
    await request.answer(readinessReply(await Promise.all(places)));
  };
  return {
    reply: { text: 'Having a look; the answer appears here in a moment.', blocks: [] },
    after: look,
  };
}
