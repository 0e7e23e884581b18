/** `/postmortem`: puts an incident's timeline into its channel, as Markdown to read and as JSON to keep. */

import { ACTION } from '../blocks/actions.ts';
import { help } from '../blocks/help.ts';
import { Refusal } from '../errors.ts';
import { recordExport, recordNames } from '../flows/record-export.ts';
import type { Incident } from '../incident.ts';
import { documentsOf, unnamedIn } from '../journal/exports/documents.ts';
import { callSlack } from '../slack/call.ts';
import { type Desk, decideFor, incidentOfChannel, type Request, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onCommand } from './on-command.ts';

const UPLOAD_LIMIT_MS = 60_000;

/** Registers `/postmortem` and the button that does the same. */
export function registerPostmortem(desk: Desk): void {
  onCommand(desk, '/postmortem', async (request, { text, channel }) => {
    if (text === 'help') return { reply: help('postmortem') };
    const own = incidentOfChannel(desk, channel);
    const named = text !== '' && text.toUpperCase() !== own?.id;
    const incident = named ? requireIncident(desk, text, request.actor.id) : own;
    if (!incident) {
      throw new Refusal(
        'not-found',
        'This channel belongs to no incident. Name one: `/postmortem INC-0001`.',
      );
    }
    return { after: () => share(desk, request, incident.id) };
  });
  onClick(desk, ACTION.exportPostmortem, 0, async (click) => {
    return () => share(desk, click, click.incident.id);
  });
}

/** Uploads the documents to the incident's channel and records that it was done. */
async function share(desk: Desk, request: Request, id: string): Promise<void> {
  const found = requireIncident(desk, id);
  const { channel } = found;
  if (!channel)
    throw new Refusal('not-possible', `${id} has no channel yet; try again in a moment.`);
  const incident = await nameEverybody(desk, request, found);
  const documents = documentsOf(desk.journal, incident, {
    formats: ['md', 'html', 'json'],
    zone: desk.zone,
    serviceTitle: desk.catalogue.service(incident.service)?.name ?? incident.service,
    now: desk.clock.now(),
    redact: desk.redact,
  });
  const signal = AbortSignal.timeout(UPLOAD_LIMIT_MS);
  const detail = { attempted: 'upload the post-mortem', on: `#${channel.name}`, repeatable: false };
  await callSlack(detail, { clock: desk.clock, signal }, () =>
    desk.uploads.filesUploadV2({
      channel_id: channel.id,
      initial_comment: `Post-mortem of ${id}: the Markdown is a draft to finish, the HTML is to read and to print, the JSON is for machines.`,
      file_uploads: documents.map(({ name, text }) => ({
        file: Buffer.from(text),
        filename: name,
        title: name,
      })),
    }),
  );
  await decideFor(desk, request, id, recordExport(documents.map(({ name }) => name)));
}

/** Puts the names of those into the journal whom it knows by their id only, so that every export can name them. */
async function nameEverybody(desk: Desk, request: Request, incident: Incident): Promise<Incident> {
  const pairs = await Promise.all(
    unnamedIn(desk.journal, incident).map(
      async (user) => [user, await desk.directory.name(user)] as const,
    ),
  );
  const names = Object.fromEntries(pairs.filter(([user, name]) => name !== user));
  if (Object.keys(names).length === 0) return incident;
  const { id } = incident;
  return (await desk.loop.decide(id, request.actor, recordNames(names))).incident;
}
