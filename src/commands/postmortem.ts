/** `/postmortem`: puts an incident's timeline into its channel, as files to read and to keep, or as its canvas; or opens it as an issue. */

import { ACTION } from '../blocks/actions.ts';
import { help } from '../blocks/help.ts';
import { listed } from '../blocks/mrkdwn.ts';
import { Refusal } from '../errors.ts';
import { requirePart } from '../flows/curate-timeline.ts';
import { recordExport, recordNames } from '../flows/record-export.ts';
import { type Incident, maySee } from '../incident.ts';
import { shapeFrom } from '../journal/exports/asked.ts';
import { writeCanvas } from '../journal/exports/canvas.ts';
import {
  type DocumentOptions,
  documentsOf,
  type Format,
  postmortemFrom,
  unnamedIn,
} from '../journal/exports/documents.ts';
import { callSlack } from '../slack/call.ts';
import { postCanvas } from '../slack/post-canvas.ts';
import { theirWords } from '../words.ts';
import { openCuration, registerCuration } from './curation.ts';
import { type Desk, incidentOfChannel, type Request, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onCommand } from './on-command.ts';
import { issueRepository, shareIssue } from './postmortem-issue.ts';
import { type PostmortemWish, wishIn } from './postmortem-words.ts';

const UPLOAD_LIMIT_MS = 60_000;

type Shape = Omit<DocumentOptions, 'formats'>;
type Channel = NonNullable<Incident['channel']>;

/** Registers `/postmortem` and the button that does the same. */
export function registerPostmortem(desk: Desk): void {
  registerCuration(desk);
  onCommand(desk, '/postmortem', async (request, { text, channel, triggerId }) => {
    if (text === 'help') return { reply: help('postmortem') };
    const isCurating = /(^|\s)curate$/i.test(text);
    const wish = wishIn(isCurating ? text.replace(/\s*curate$/i, '') : text);
    const own = incidentOfChannel(desk, channel);
    const named = wish.incident !== '' && wish.incident.toUpperCase() !== own?.id;
    const viewer = request.actor.id;
    const incident = named
      ? requireIncident(desk, wish.incident, viewer, whichThereAre(desk, viewer))
      : own;
    if (!incident) {
      throw new Refusal(
        'not-found',
        `This channel belongs to no incident. ${whichThereAre(desk, viewer)}`,
      );
    }
    if (isCurating) {
      requirePart(incident, request.actor);
      await openCuration(desk, incident, triggerId);
      return {};
    }
    // What was asked for wrongly is answered at once.
    shapeOf(desk, incident, wish);
    if (wish.formats.includes('github-issue')) issueRepository(desk, incident, wish.repository);
    return { after: () => share(desk, request, incident.id, wish) };
  });
  onClick(desk, ACTION.exportPostmortem, 0, async (click) => {
    return () => share(desk, click, click.incident.id, wishIn(''));
  });
}

/** The newest incidents that somebody may see, open or not, and where the rest is told. */
function whichThereAre(desk: Desk, viewer: string): string {
  const [newest, ...others] = desk.loop
    .incidents()
    .filter((each) => maySee(each, viewer))
    .slice(0, NAMED)
    .map(({ id, title }) => `\`${id}\` (${theirWords(title.slice(0, SHOWN))})`);
  if (newest === undefined) return 'No incident has been declared yet; `/incident` declares one.';
  const named = listed([newest, ...others]);
  return `Name one: \`/postmortem INC-0001\`. The newest: ${named}. \`/postmortem help\` says what else it can do.`;
}

const NAMED = 3;
const SHOWN = 60;

/** Puts the documents into the incident's channel and records that it was done. */
async function share(
  desk: Desk,
  request: Request,
  id: string,
  wish: PostmortemWish,
): Promise<void> {
  const found = requireIncident(desk, id);
  const { channel } = found;
  if (!channel)
    throw new Refusal('not-possible', `${id} has no channel yet; try again in a moment.`);
  const incident = await nameEverybody(desk, request, found);
  const shape = shapeOf(desk, incident, wish);
  const formats = wish.formats.filter(
    (format): format is Format => format !== 'canvas' && format !== 'github-issue',
  );
  const files = formats.length > 0 ? await upload(desk, incident, channel, formats, shape) : [];
  if (files.length > 0) await desk.loop.decide(id, request.actor, recordExport(files));
  if (wish.formats.includes('github-issue')) {
    const repository = issueRepository(desk, incident, wish.repository);
    await shareIssue(desk, request, incident, repository, shape);
  }
  if (!wish.formats.includes('canvas')) return;
  const canvas = await postCanvas(
    desk.uploads,
    { clock: desk.clock, signal: AbortSignal.timeout(UPLOAD_LIMIT_MS), limits: desk.limits },
    channel,
    writeCanvas(postmortemFrom(desk.journal, incident, shape), channel.id),
    incident.canvas,
  );
  await desk.loop.decide(id, request.actor, recordExport(['canvas'], { canvas }));
  await request.answer({
    text: `The post-mortem of ${id} is the canvas of <#${channel.id}>: open it at the top of the channel.`,
  });
}

/** @throws Refusal for options that there are not. */
function shapeOf(desk: Desk, incident: Incident, { asked }: PostmortemWish): Shape {
  return {
    ...shapeFrom(asked, incident, desk.zone, desk.journal),
    serviceTitle: desk.catalogue.service(incident.service)?.name ?? incident.service,
    now: desk.clock.now(),
    redact: desk.redact,
  };
}

async function upload(
  desk: Desk,
  incident: Incident,
  channel: Channel,
  formats: readonly Format[],
  shape: Shape,
): Promise<readonly string[]> {
  const documents = documentsOf(desk.journal, incident, { ...shape, formats });
  const signal = AbortSignal.timeout(UPLOAD_LIMIT_MS);
  const detail = {
    method: 'files.completeUploadExternal',
    attempted: 'upload the post-mortem',
    on: `#${channel.name}`,
    repeatable: false,
  };
  const uses = formats.map((format) => USES[format]).join(', ');
  await callSlack(detail, { clock: desk.clock, signal, limits: desk.limits }, () =>
    desk.uploads.filesUploadV2({
      channel_id: channel.id,
      initial_comment: `Post-mortem of ${incident.id}: ${uses}. To correct the timeline, use \`/postmortem curate\`.`,
      file_uploads: documents.map(({ name, text }) => ({
        file: Buffer.from(text),
        filename: name,
        title: name,
      })),
    }),
  );
  return documents.map(({ name }) => name);
}

const USES: Readonly<Record<Format, string>> = {
  md: 'the Markdown is a draft to finish',
  html: 'the HTML is to read and to print',
  json: 'the JSON is for machines',
  csv: 'the CSV is for spreadsheets',
};

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
