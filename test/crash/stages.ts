/** Several stages side by side, each a process of its own that lasts for many stories. */

import { type ChildProcess, fork } from 'node:child_process';
import { resolve } from 'node:path';
import { buildPrograms } from './programs.ts';
import type { FromStage, ToldToTell } from './stage-process.ts';
import type { Outcome } from './story-run.ts';

const ROOT = resolve(import.meta.dirname, '../..');

export interface Stages {
  /** Tells a story on the next free stage. @throws Error when the stage itself fails, or hangs. */
  tell(what: ToldToTell): Promise<Outcome>;
  /** Ends all processes. */
  close(): Promise<void>;
}

/** A story takes seconds; a stage that is silent for so long hangs. */
const LIMIT_MS = 5 * 60_000;

/** @param width how many stories are told at once; they wait more than they work. */
export async function openStages(width: number): Promise<Stages> {
  const programs = await buildPrograms();
  const { load, bot, stage } = programs;
  const open = (): ChildProcess =>
    fork(load, [stage, load, bot], {
      cwd: ROOT,
      execArgv: [],
      // What is left out of an object is not the same as what is undefined in it.
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A message to one that has died this very instant; its exit tells.
    }).on('error', () => undefined);
  const all = new Set<ChildProcess>();
  const free: ChildProcess[] = [];
  const waiting: ((stage: ChildProcess) => void)[] = [];
  const give = (process: ChildProcess): void => {
    const next = waiting.shift();
    if (next) next(process);
    else free.push(process);
  };
  const add = (): void => {
    const process = open();
    all.add(process);
    give(process);
  };
  for (let count = 0; count < width; count += 1) add();

  return {
    async tell(what) {
      const process =
        free.shift() ?? (await new Promise<ChildProcess>((taken) => waiting.push(taken)));
      try {
        const outcome = await tellOn(process, what);
        give(process);
        return outcome;
      } catch (error) {
        all.delete(process);
        process.kill('SIGKILL');
        add();
        throw error;
      }
    },
    async close() {
      const ended = [...all].map(
        (process) => new Promise((gone) => process.once('exit', gone).disconnect()),
      );
      await Promise.all(ended);
      programs.remove();
    },
  };
}

function tellOn(process: ChildProcess, what: ToldToTell): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(new Error('The stage hangs.'))), LIMIT_MS);
    const end = (settle: () => void): void => {
      clearTimeout(timer);
      process.removeAllListeners('message').removeAllListeners('exit');
      settle();
    };
    process.once('exit', (code, signal) =>
      end(() => reject(new Error(`The stage ended by itself (${code ?? signal}).`))),
    );
    process.once('message', (answer: FromStage) =>
      end(() => {
        if ('outcome' in answer) resolve(answer.outcome);
        else reject(new Error(answer.broken));
      }),
    );
    process.send(what);
  });
}
