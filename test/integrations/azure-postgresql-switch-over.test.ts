/** After a restore to a new server the app is pointed at it: by a person, for whom the run waits, or by a command of the team's own. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { runMessages } from '../../src/blocks/run.ts';
import { planText } from '../../src/cli/plan-text.ts';
import type { Component } from '../../src/component.ts';
import { stepsToAllow } from '../../src/due-steps.ts';
import { createPlanner } from '../../src/engine/planner.ts';
import type { Actor, PlanWish } from '../../src/events.ts';
import { allowStep } from '../../src/flows/allow-step.ts';
import { approve, requestApproval } from '../../src/flows/approve.ts';
import { doneByHand, retryStep } from '../../src/flows/run-steps.ts';
import { groundOf, type Incident, lastRun } from '../../src/incident.ts';
import { createCommandComponent } from '../../src/integrations/command/index.ts';
import type { Plan } from '../../src/plan.ts';
import { ANA, BEN, plannedIn } from '../engine/a-rollback.ts';
import { aWorld } from '../engine/a-system.ts';
import { openServerBench, RESTORED, type ServerBench } from './azure-postgresql-bench.ts';

const never = new AbortController().signal;
const CLEO: Actor = { kind: 'person', id: 'U0CLEO' };
const RUN = 'INC-0001-R1';
/** A look often, and a lost request found soon. */
const SOON = { pollSeconds: 0.05, quietSeconds: 5 };
const WISH: PlanWish = {
  kind: 'rollback',
  only: true,
  restore: [{ component: 'database', point: 'backup_639' }],
};

let bench: ServerBench;
beforeEach(async () => {
  bench = await openServerBench('restore-to-new-server', null);
  return () => bench.close();
});

/** The run of a restore, until the new server is there and its next step has its turn. */
async function restored(components: readonly Component[]) {
  const { catalogue } = aWorld([]);
  const systems = async () => ({ components, probes: [] });
  const started = await plannedIn({ ...catalogue, systems }, WISH);
  const { decide, until, policy } = started;
  await decide(ANA, requestApproval('INC-0001-P1', policy));
  await decide(BEN, approve('INC-0001-P1', policy, 'yes'));
  await until(asksFor('database.1'));
  await decide(CLEO, allowStep(RUN, 'database.1', 'yes'));
  await until((incident) => lastRun(incident)?.steps['database.1']?.handle !== undefined);
  bench.finish();
  return { ...started, service: catalogue.service('checkout') };
}
const asksFor = (step: string) => (incident: Incident) => {
  const run = lastRun(incident);
  const { steps = [] } = incident.proposals.at(-1)?.plan ?? {};
  return run !== undefined && stepsToAllow(run, steps).some(({ id }) => id === step);
};
const isHalted = (incident: Incident) => lastRun(incident)?.status === 'halted';
const isOver = (incident: Incident) => lastRun(incident)?.status === 'finished';

const BACK = { call: { operation: 'switch-over', input: { to: 'acme-db', from: RESTORED } } };

/** The steps by which the run would be taken back. */
async function takenBack(incident: Incident, components: readonly Component[]) {
  const { catalogue } = aWorld([]);
  const systems = async () => ({ components, probes: [] });
  const planner = createPlanner({ ...catalogue, systems }, () => [incident]);
  return (await planner.plan(incident, { kind: 'undo', run: RUN }, never)).steps;
}

test('without a command the run waits for a person, shows what to do, and goes on when they say that it is done', async () => {
  const words = 'Set DATABASE_HOST of acme-checkout and acme-worker to the new server';
  const database = bench.with({ ...SOON, switchOver: words });
  const { decide, until, service, timeline } = await restored([database]);

  const waiting = await until(isHalted);

  if (!service) throw new Error('no service');
  const [card] = runMessages(waiting, service).slice(-1);
  const shown = JSON.stringify(card?.message.blocks);
  expect(shown).toContain(`*Point the app at server ${RESTORED} by hand is for a person:*`);
  expect(shown).toContain(words);
  expect(shown).toContain(`Look at ${RESTORED}`);
  expect(shown).toContain('Done by hand…');
  expect(shown).not.toContain('"Retry"');
  expect(planText(waiting.proposals[0]?.plan as Plan)).toContain(
    `2. Point the app at server ${RESTORED} by hand (about 10 min, done by a person)`,
  );
  expect(timeline()).toContain(
    `Came to “Point the app at server ${RESTORED} by hand”, which is for a person.`,
  );
  expect(bench.cloud.azure.postgres.names).toEqual(['acme-db', RESTORED]);
  // Asking again changes nothing: Backstop never does it.
  await decide(BEN, retryStep(RUN, 'database.2'));
  await until(isHalted);

  await decide(BEN, doneByHand(RUN, 'database.2', 'Set it on both, and restarted them.'));
  const over = await until(isOver);

  expect(lastRun(over)?.steps['database.2']).toMatchObject({
    status: 'succeeded',
    how: 'person',
    note: 'Set it on both, and restarted them.',
  });
  expect(bench.requests().filter(({ mutating }) => mutating)).toHaveLength(1);
  expect(await takenBack(over, [database])).toMatchObject([{ ...BACK, byHand: true }]);
}, 60_000);

/** A command that writes down which server the app uses, and one that looks. */
function pointing(): { readonly component: Component; readonly used: () => string } {
  const directory = mkdtempSync(join(tmpdir(), 'backstop-switch-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const file = join(directory, 'server');
  writeFileSync(file, 'acme-db');
  const script = join(directory, 'point-at.sh');
  const look = join(directory, 'looks-at.sh');
  writeFileSync(script, `printf %s "$1" > ${file}`);
  writeFileSync(look, `[ "$(cat ${file})" = "$1" ]`);
  const parameters = { server: { pattern: '[a-z0-9-]{3,63}' } };
  const component = createCommandComponent({
    id: 'address',
    settings: {
      operations: {
        'point-at': {
          title: 'Set DATABASE_HOST',
          run: ['/bin/sh', script, '{server}'],
          check: { run: ['/bin/sh', look, '{server}'] },
          parameters,
        },
      },
    },
    connections: {},
  });
  return { component, used: () => (existsSync(file) ? readFileSync(file, 'utf8') : '') };
}
const BY_COMMAND = { switchOver: { component: 'address', operation: 'point-at' } };

test('a command of the team’s own is a step of the plan, which a second person allows once the data can be looked at', async () => {
  const { component, used } = pointing();
  const sibling = (id: string) => (id === 'address' ? component : undefined);
  const database = bench.with({ ...SOON, ...BY_COMMAND }, sibling);
  const { decide, until } = await restored([database, component]);

  const waiting = await until(asksFor('database.2'));

  expect(lastRun(waiting)?.steps['database.2']?.shown?.changes[0]).toEqual({
    what: 'the server that the app uses',
    from: 'acme-db',
    to: RESTORED,
  });
  expect(used()).toBe('acme-db');
  await decide(CLEO, allowStep(RUN, 'database.2', 'yes'));
  const over = await until(isOver);

  expect(lastRun(over)?.steps['database.2']).toMatchObject({ status: 'succeeded', how: 'applied' });
  expect(used()).toBe(RESTORED);
  expect(await takenBack(over, [database, component])).toMatchObject([
    { ...BACK, asksAgain: true },
  ]);
  const operation = database.operations['switch-over'];
  expect(operation?.manual({ to: RESTORED, from: 'acme-db' })).toMatch(/Look at .*point-at\.sh/s);
  expect((await database.doctor(never)).at(-1)).toMatchObject({ verdict: 'pass' });
}, 60_000);

test('one that is not there is told before anything is planned, and by the doctor', async () => {
  const database = bench.with(BY_COMMAND);
  const { catalogue } = aWorld([]);
  const systems = async () => ({ components: [database], probes: [] });

  const findings = await database.doctor(never);

  expect(findings.at(-1)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('`switchOver` names address point-at'),
  });
  const planner = createPlanner({ ...catalogue, systems }, () => []);
  await expect(planner.plan(groundOf('checkout', 'production'), WISH, never)).rejects.toMatchObject(
    {
      code: 'not-possible',
      message: expect.stringContaining('`switchOver` names address point-at'),
    },
  );
});
