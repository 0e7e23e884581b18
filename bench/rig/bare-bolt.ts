/** The limit for all that comes from Slack: a Bolt app that acknowledges and does nothing. `bare-bolt.js MODE API-URL`. */

import type { AddressInfo } from 'node:net';
import { App, LogLevel } from '@slack/bolt';

const [mode = '', slackApiUrl = ''] = process.argv.slice(2);
const {
  SLACK_BOT_TOKEN: token,
  SLACK_APP_TOKEN: appToken,
  SLACK_SIGNING_SECRET: signingSecret,
} = process.env;

const app = new App({
  token: token ?? '',
  clientOptions: { slackApiUrl },
  logLevel: LogLevel.ERROR,
  ...(mode === 'socket'
    ? { socketMode: true, appToken: appToken ?? '' }
    : { signingSecret: signingSecret ?? '' }),
});
app.action(/./, async ({ ack }) => {
  await ack();
});
const server = await app.start({ port: 0, host: '127.0.0.1' });
const address = 'address' in server ? (server.address() as AddressInfo) : undefined;
process.stderr.write(`Bare Bolt is ready on port ${address?.port ?? 0}.\n`);
process.once('SIGTERM', () => process.exit());
