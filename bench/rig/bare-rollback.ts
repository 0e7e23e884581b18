/**
 * What a plan costs before anybody plans: a Bolt app that answers `/rollback NAME COUNT`, reads as many components in the same two
 * rounds and posts a line. `bare-rollback.js API-URL TOKEN SIGNING-SECRET SYSTEM-URL CHANNEL`.
 */

import type { AddressInfo } from 'node:net';
import { App, LogLevel } from '@slack/bolt';
import { READS } from './slow-component.ts';

const [slackApiUrl = '', token = '', signingSecret = '', system = '', channel = ''] =
  process.argv.slice(2);

const app = new App({
  token,
  signingSecret,
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
});
app.command('/rollback', async ({ ack, command, client }) => {
  await ack();
  const [name = '', count = ''] = command.text.split(' ');
  const components = Array.from({ length: Number(count) }, (_, n) => `${name}-${n}`);
  for (const round of READS) {
    await Promise.all(components.flatMap((id) => round.map((what) => read(`${id}/${what}`))));
  }
  await client.chat.postMessage({ channel, text: 'Request approval' });
});
const server = await app.start({ port: 0, host: '127.0.0.1' });
const address = 'address' in server ? (server.address() as AddressInfo) : undefined;
process.stderr.write(`Bare Bolt is ready on port ${address?.port ?? 0}.\n`);
process.once('SIGTERM', () => process.exit());

async function read(path: string): Promise<void> {
  await (await fetch(`${system}/${path}`)).arrayBuffer();
}
