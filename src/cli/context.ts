/** What every command of `backstop` shares: the configuration, the journal, and how it ends. */

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { vocabularyOf } from '../config/vocabulary.ts';
import { ConfigError, JournalError, messageOf, OutsideError, Refusal } from '../errors.ts';
import {
  announceKinds,
  componentKinds,
  connectionSchemas,
  probeKinds,
} from '../integrations/index.ts';
import type { Journal } from '../journal/journal.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { plainText } from '../timeline/plain-words.ts';
import { speak } from '../vocabulary.ts';
import { EXIT } from './exit-codes.ts';

export interface GlobalOptions {
  readonly config: string;
  readonly db?: string;
}

export const KINDS = {
  components: componentKinds,
  probes: probeKinds,
  announce: announceKinds,
  connections: connectionSchemas,
};

/**
 * Reads the configuration; variables in a file `.env` beside it count unless the environment has them.
 * @throws ConfigError
 */
export function configFrom(options: GlobalOptions): Config {
  const envFile = join(dirname(resolve(options.config)), '.env');
  if (existsSync(envFile)) process.loadEnvFile(envFile);
  const config = loadConfig(options.config, KINDS);
  speak(vocabularyOf(config.incidents));
  return options.db ? { ...config, journal: { file: resolve(options.db) } } : config;
}

/** The configuration if there is one; a journal named by `--db` can be read without. */
export function configIfAny(options: GlobalOptions): Config | undefined {
  return options.db && !existsSync(options.config) ? undefined : configFrom(options);
}

/** Opens the journal for reading. @throws JournalError, ConfigError */
export function readJournal(options: GlobalOptions): {
  readonly journal: Journal;
  readonly config: Config | undefined;
} {
  const config = configIfAny(options);
  const file = options.db ? resolve(options.db) : (config?.journal.file ?? '');
  return { journal: openSqliteJournal({ file, now: Date.now, readOnly: true }), config };
}

/** What went wrong, for a terminal: refusals are written for Slack, with its markup. */
export function wordsOf(error: unknown): string {
  return error instanceof Refusal ? plainText(error.message, (id) => id) : messageOf(error);
}

/** Says what went wrong, on stderr, and with which exit code it ends. */
export function reportFailure(error: unknown): number {
  process.stderr.write(`${wordsOf(error)}\n`);
  if (error instanceof ConfigError) return EXIT.configuration;
  if (error instanceof JournalError) return EXIT.journal;
  if (error instanceof OutsideError) return EXIT.outside;
  if (error instanceof Refusal) return error.code === 'not-found' ? EXIT.notFound : EXIT.usage;
  if (error instanceof Error && error.stack) process.stderr.write(`${error.stack}\n`);
  return EXIT.internal;
}
