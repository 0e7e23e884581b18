/** `backstop export --format slack-canvas`: the post-mortem as the canvas of the incident's channel. */

import { userInfo } from 'node:os';
import { WebClient } from '@slack/web-api';
import { systemClock } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { Refusal } from '../errors.ts';
import { recordExport } from '../flows/record-export.ts';
import type { Incident } from '../incident.ts';
import { writeCanvas } from '../journal/exports/canvas.ts';
import { type DocumentOptions, postmortemFrom } from '../journal/exports/documents.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLoop } from '../loop.ts';
import { postCanvas } from '../slack/post-canvas.ts';
import { createRateLimits } from '../slack/rate-limits.ts';
import { EXIT } from './exit-codes.ts';

const CANVAS_LIMIT_MS = 60_000;
const CALL_LIMIT_MS = 20_000;

/**
 * Writes the canvas and records that it was; the one that is there is written anew.
 * @throws Refusal without a configuration or a channel; OutsideError from Slack.
 */
export async function exportCanvas(
  incident: Incident,
  config: Config | undefined,
  options: Omit<DocumentOptions, 'formats'> & {
    /** The journal's. */
    readonly file: string;
  },
): Promise<number> {
  const { channel } = incident;
  if (!config || !channel || incident.imported) {
    throw new Refusal(
      'not-possible',
      config
        ? `${incident.id} has no channel in this workspace, so there is no canvas to write.`
        : 'A canvas is written with the bot’s token: name the configuration with --config.',
    );
  }
  const client = new WebClient(config.slack.botToken, {
    slackApiUrl: config.slack.apiUrl,
    timeout: CALL_LIMIT_MS,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const journal = openSqliteJournal({ file: options.file, now: Date.now });
  try {
    const canvas = writeCanvas(postmortemFrom(journal, incident, options), channel.id);
    const context = {
      clock: systemClock,
      signal: AbortSignal.timeout(CANVAS_LIMIT_MS),
      limits: createRateLimits(systemClock),
    };
    const id = await postCanvas(client, context, channel, canvas, incident.canvas);
    const actor = { kind: 'operator', name: userInfo().username } as const;
    await createLoop(journal, Date.now).decide(
      incident.id,
      actor,
      recordExport(['canvas'], { canvas: id }),
    );
    process.stdout.write(`The canvas of #${channel.name} is written.\n`);
    return EXIT.ok;
  } finally {
    await journal.close();
  }
}
