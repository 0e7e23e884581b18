import { type Logger, LogLevel } from '@slack/bolt';
import type { Level, Log } from '../log.ts';

const LOG_LEVELS: Readonly<Record<Level, LogLevel>> = {
  debug: LogLevel.DEBUG,
  info: LogLevel.INFO,
  warn: LogLevel.WARN,
  error: LogLevel.ERROR,
};

/** Slack's packages write to our log, so that their lines lose their secrets too. What nobody reads is not put into words. */
export function slackLogger(log: Log): Logger {
  const words = (parts: readonly unknown[]): string =>
    parts
      .map((part) => (part instanceof Error ? (part.stack ?? part.message) : String(part)))
      .join(' ');
  const debug = (...parts: readonly unknown[]): void => {
    if (log.level === 'debug') log.debug(words(parts));
  };
  return {
    debug,
    info: debug,
    warn: (...parts) => log.warn(words(parts)),
    error: (...parts) => log.error(words(parts)),
    setLevel: () => undefined,
    getLevel: () => LOG_LEVELS[log.level],
    setName: () => undefined,
  };
}
