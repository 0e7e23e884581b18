import { LogLevel } from '@slack/bolt';
import { describe, expect, it } from 'vitest';
import { createLog, type Level } from '../../src/log.ts';
import { slackLogger } from '../../src/slack/logger.ts';

function logging(level: Level) {
  const lines: string[] = [];
  const redact = (text: string): string => text.replaceAll('xoxb-1', '[secret]');
  const log = createLog({ level, redact, write: (line) => lines.push(line) });
  return { logger: slackLogger(log), lines };
}

describe('what Slack’s packages log', () => {
  it('is written as ours is, without secrets, its information as debugging', () => {
    const { logger, lines } = logging('debug');

    logger.info('Connected with', 'xoxb-1');
    logger.error(new Error('no xoxb-1'));

    expect(lines[0]).toMatch(/^\S+ debug Connected with \[secret\]\n$/);
    expect(lines[1]).toMatch(/^\S+ error Error: no \[secret\]\n/);
  });

  it('is not put into words where nobody reads it', () => {
    const { logger, lines } = logging('info');
    const part = {
      toString(): string {
        throw new Error('Nobody asked.');
      },
    };

    logger.debug(part);
    logger.info(part);
    logger.warn('Slow');

    expect(lines).toEqual([expect.stringMatching(/ warn {2}Slow\n$/)]);
  });

  it.each([
    ['debug', LogLevel.DEBUG],
    ['info', LogLevel.INFO],
    ['warn', LogLevel.WARN],
    ['error', LogLevel.ERROR],
  ] as const)('is asked for at our level: %s', (level, theirs) => {
    expect(logging(level).logger.getLevel()).toBe(theirs);
  });
});
