import { type Logger, LogLevel } from '@slack/bolt';
import type { Log } from '../log.ts';

/** Slack's packages write to our log, so that their lines lose their secrets too. */
export function slackLogger(log: Log): Logger {
  const words = (parts: readonly unknown[]): string =>
    parts
      .map((part) => (part instanceof Error ? (part.stack ?? part.message) : String(part)))
      .join(' ');
  return {
    debug: (...parts) => log.debug(words(parts)),
    info: (...parts) => log.debug(words(parts)),
    warn: (...parts) => log.warn(words(parts)),
    error: (...parts) => log.error(words(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.DEBUG,
    setName: () => undefined,
  };
}
