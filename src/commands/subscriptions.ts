/** `/incident subscribe` and `unsubscribe`, and their buttons: people and channels follow a service. */

import { ACTION, idsOf } from '../blocks/actions.ts';
import { followedList } from '../blocks/news.ts';
import { Refusal } from '../errors.ts';
import type { Service } from '../service.ts';
import { theirWords } from '../words.ts';
import { answered, type Desk, incidentOfChannel, personOf, type Request } from './desk.ts';
import type { Subcommands } from './here.ts';
import { answerToClick, valueOf } from './on-click.ts';
import type { Outcome, Typed } from './on-command.ts';
import { requireMember } from './roles.ts';
import { asTyped } from './typed-words.ts';

export const SUBSCRIPTIONS: Subcommands = {
  subscribe: (desk, request, typed, words) => change(desk, request, typed, words, true),
  unsubscribe: (desk, request, typed, words) => change(desk, request, typed, words, false),
};

const CHANNEL = /<#([CG][A-Z0-9]+)(?:\|[^>]*)?>/;

/** Registers the buttons. They stand in messages that many see, so they are about whoever presses them. */
export function registerSubscriptions(desk: Desk): void {
  for (const [action, follows] of [
    [ACTION.subscribe, true],
    [ACTION.unsubscribe, false],
  ] as const) {
    desk.switchboard.click(action, async ({ ack, body, action: clicked }) => {
      const request: Request = {
        actor: personOf(desk, body.user.id),
        delivery: body.trigger_id,
        answer: answerToClick(desk, body),
      };
      await answered(
        desk,
        request,
        async () => {
          const [id = ''] = idsOf(valueOf(clicked), 1) ?? [];
          const service = requireService(desk, desk.loop.incident(id)?.service ?? id);
          return decide(desk, request, service, request.actor.id, follows);
        },
        () => ack(),
        // The home tab shows it by its button.
        async (text) => (body.response_url === undefined ? undefined : request.answer({ text })),
      );
    });
  }
}

/** `subscribe checkout`, `subscribe checkout #status`; in an incident’s channel its service needs no name. */
async function change(
  desk: Desk,
  request: Request,
  typed: Typed,
  words: string,
  follows: boolean,
): Promise<Outcome> {
  const channel = CHANNEL.exec(words)?.[1];
  const named = words.replace(CHANNEL, '').trim();
  const here = incidentOfChannel(desk, typed.channel)?.service;
  const id = named === '' ? here : asTyped(named).toLowerCase();
  if (id === undefined) {
    const services = desk.catalogue.services().map((service) => service.id);
    return { reply: followedList(desk.subscriptions.followedBy(request.actor.id), services) };
  }
  const service = requireService(desk, id);
  if (channel !== undefined) await requireWritable(desk, channel);
  const text = await decide(desk, request, service, channel ?? request.actor.id, follows);
  return { reply: { text, blocks: [] } };
}

/** The person follows the service, or stops; the words say what came of it. @throws Refusal */
export function setFollowing(
  desk: Desk,
  request: Request,
  service: string,
  follows: boolean,
): Promise<string> {
  return decide(desk, request, requireService(desk, service), request.actor.id, follows);
}

async function decide(
  desk: Desk,
  { actor }: Request,
  service: Service,
  subscriber: string,
  follows: boolean,
): Promise<string> {
  // A guest sees only some channels, and would be told of what happens in the others.
  if (follows) await requireMember(desk, actor.id);
  const { subscriptions } = desk;
  const whom = subscriber === actor.id ? 'You' : `<#${subscriber}>`;
  const verb = subscriber === actor.id ? '' : 's';
  const changed = follows
    ? await subscriptions.follow(actor, service.id, subscriber)
    : await subscriptions.stop(actor, service.id, subscriber);
  if (!follows) {
    return changed
      ? `${whom} no longer follow${verb} ${service.name}.`
      : `${whom} did not follow ${service.name}; nothing was changed.`;
  }
  const told = subscriber === actor.id ? 'in a direct message' : 'there';
  return changed
    ? `${whom} follow${verb} ${service.name} now: its incidents are told ${told} in plain words. \`/incident unsubscribe ${service.id}\` stops it.`
    : `${whom} follow${verb} ${service.name} already; nothing was changed.`;
}

function requireService({ catalogue }: Desk, id: string): Service {
  const found = catalogue.service(id);
  if (found) return found;
  const known = catalogue.services().map((service) => service.id);
  throw new Refusal(
    'not-found',
    `There is no service “${theirWords(id.slice(0, 60))}”. Choose one of these: ${known.join(', ')}.`,
  );
}

/** @throws Refusal for a channel that Backstop could not write to. */
async function requireWritable({ client }: Desk, channel: string): Promise<void> {
  const found = await client.conversations.info({ channel }).catch(() => undefined);
  if (found?.channel?.is_member) return;
  throw new Refusal(
    'not-possible',
    `Backstop is not in <#${channel}>, so nothing was changed. Invite it there first: \`/invite @Backstop\`.`,
  );
}
