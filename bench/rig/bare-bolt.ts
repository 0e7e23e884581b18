/** The limit for all that comes from Slack: a Bolt app that acknowledges and does nothing. */

import type { AddressInfo } from 'node:net';
import { App, LogLevel } from '@slack/bolt';

const [mode = '', slackApiUrl = '', token = '', appToken = '', signingSecret = ''] =
  process.argv.slice(2);

const app = new App({
  token,
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
  ...(mode === 'socket' ? { socketMode: true, appToken } : { signingSecret }),
});
app.action(/./, async ({ ack }) => {
  await ack();
});
const server = await app.start({ port: 0, host: '127.0.0.1' });
const address = 'address' in server ? (server.address() as AddressInfo) : undefined;
process.stderr.write(`Bare Bolt is ready on port ${address?.port ?? 0}.\n`);
process.once('SIGTERM', () => process.exit());
