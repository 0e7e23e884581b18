import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packagePath } from '../package-path.ts';
import type { BotInput, RunningBot } from '../sandbox/bot.ts';

const READY_LIMIT_MS = 20_000;

/** Starts the bot as `backstop start` does, in a process of its own. @throws Error when it does not become ready. */
export async function startAsProcess(
  { config, env }: BotInput,
  db: string,
  folder: string,
): Promise<RunningBot> {
  const file = join(folder, 'backstop.yaml');
  writeFileSync(file, config);
  const args = [packagePath('dist/cli.js'), 'start', '--config', file, '--db', db];
  const child = spawn(process.execPath, args, {
    env: { ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`The bot did not become ready:\n${said}`)),
      READY_LIMIT_MS,
    );
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('Backstop is ready')) return;
      clearTimeout(timer);
      resolve();
    });
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`The bot ended before it was ready:\n${said}`));
    });
  });
  try {
    await ready;
  } catch (error) {
    // It must not become ready later, beside the next one.
    child.kill('SIGKILL');
    throw error;
  }
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
