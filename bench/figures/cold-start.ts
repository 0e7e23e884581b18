/** How long the bot takes to be ready, and how much memory it keeps, with every integration configured. */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Figure, Measured, Run } from '../figure.ts';
import { inFolder } from '../rig/folder.ts';
import { bareBolt, startProgram } from '../rig/process.ts';
import { createSlackRig } from '../rig/slack.ts';

/** After which nothing more is loaded. */
const SETTLE_MS = 1_500;

const TIME: Figure = {
  name: 'cold-start',
  what: 'start of the process to ready, every integration configured',
  limit: 'a bare Bolt app',
  unit: 'ms',
  target: { is: 'at most', times: 1.5 },
};
const MEMORY: Figure = {
  name: 'memory',
  what: 'resident memory once ready, every integration configured',
  limit: 'a bare Bolt app',
  unit: 'MiB',
  target: { is: 'at most', times: 1.4 },
};

/** Both over Socket Mode, in turn. */
export async function coldStart(runs: number): Promise<readonly Measured[]> {
  const { workspace, env } = await createSlackRig(1);
  const everything = everythingConfigured();
  const text = everything.text
    .replace('mode: socket', `mode: socket\n  apiUrl: ${workspace.apiUrl}\n  port: 0`)
    .replace(/^  channel: .*$/m, `  channel: ${[...workspace.state.channels.keys()].at(-1)}`)
    // Within four hours after it the bot would read every system, and load what it reads them with.
    .replace(/daily: "[\d:]+"/, `daily: "${anHourAhead(everything.zone)}"`);
  const times: Run[] = [];
  const memories: Run[] = [];
  await inFolder(async (folder) => {
    const config = join(folder, 'backstop.yaml');
    writeFileSync(config, text);
    // The example names a folder for playbooks of one's own.
    mkdirSync(join(folder, 'playbooks'));
    const secrets = { ...everything.env, ...env };
    // The first start finds no file in the cache of the system.
    for (let n = 0; n <= runs; n += 1) {
      const db = join(folder, `${n}.db`);
      // As `npm start` does; the bench's script has built it.
      const args = ['dist/cli.js', 'start', '--config', config, '--db', db];
      const ours = await startOnce(args, secrets);
      const bare = await startOnce(bareBolt('socket', workspace), {});
      if (n === 0) continue;
      times.push({ ours: ours.ms, limit: bare.ms });
      memories.push({ ours: ours.memory, limit: bare.memory });
    }
  });
  await workspace.close();
  return [
    { figure: TIME, runs: times },
    { figure: MEMORY, runs: memories },
  ];
}

async function startOnce(args: readonly string[], env: Readonly<Record<string, string>>) {
  const program = await startProgram(args, env);
  await pause(SETTLE_MS);
  const memory = program.memory();
  await program.stop();
  return { ms: program.readyMs, memory };
}

function anHourAhead(zone: string): string {
  const ahead = new Date(Date.now() + 3_600_000);
  return ahead.toLocaleTimeString('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
}

/** The example with every setting that is commented out in it, and something for each secret. */
function everythingConfigured(): {
  readonly text: string;
  readonly env: Record<string, string>;
  readonly zone: string;
} {
  const example = readFileSync('backstop.example.yaml', 'utf8');
  const text = example.replaceAll(/^( *)#(?! \S|apiUrl:|port:)/gm, '$1');
  const names = [...text.matchAll(/env:([A-Z_]+)/g)].map(([, name = '']) => name);
  const env = Object.fromEntries(names.map((name) => [name, `nothing-of-${name}`]));
  const zone = /^  zone: (\S+)/m.exec(text)?.[1] ?? 'UTC';
  return { text, env, zone };
}
