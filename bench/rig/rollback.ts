/** A bot whose components read the slow system, and the people who roll back with it. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workspace } from '../../src/sandbox/workspace/index.ts';
import { createPerson, type Person } from '../../src/sandbox/workspace/person.ts';
import { inFolder } from './folder.ts';
import { programFile, startProgram } from './process.ts';
import { createSlackRig, type SlackRig, serviceConfig } from './slack.ts';
import { createSlowSystem, type SlowSystem } from './slow-system.ts';

export interface RollbackRig extends SlackRig {
  readonly system: SlowSystem;
  readonly asker: Person;
  readonly approver: Person;
}

/** Resolves with `Date.now()` when a plan is posted, which has this button, or a line that says as much. */
export function planPosted(workspace: Workspace): Promise<number> {
  return new Promise((resolve) => {
    const end = workspace.on((event) => {
      if (event.kind !== 'message' || !/Request approval/.test(JSON.stringify(event.message)))
        return;
      end();
      resolve(Date.now());
    });
  });
}

const PATIENCE_MS = 20_000;

/** @param services how many components each service has, by its id. */
export async function withRollbackRig<T>(
  services: Readonly<Record<string, number>>,
  work: (rig: RollbackRig) => Promise<T>,
): Promise<T> {
  const slack = await createSlackRig(2);
  const system = await createSlowSystem();
  const { workspace, people, env } = slack;
  const [asker, approver] = people.map((id) =>
    createPerson(workspace.slack, id, { patienceMs: PATIENCE_MS }),
  );
  if (!asker || !approver) throw new Error('The workspace has nobody in it.');
  const configs = Object.entries(services).map(([id, count]) => {
    const components = Array.from(
      { length: count },
      (_, n) => `${id}-${n}: { kind: slow, url: "${system.url}" }`,
    );
    return serviceConfig(id, people, components.join(', '));
  });
  return inFolder(async (folder) => {
    const config = join(folder, 'backstop.yaml');
    writeFileSync(config, slack.config('http', configs.join('')));
    const args = [programFile('bench/rig/bot.js'), config, join(folder, 'journal.db')];
    const bot = await startProgram(args, env);
    await workspace.deliverOverHttp(`http://127.0.0.1:${bot.port}/slack/events`);
    const result = await work({ ...slack, system, asker, approver });
    await bot.stop();
    await workspace.close();
    system.close();
    return result;
  });
}
