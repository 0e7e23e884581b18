/** `backstop plan` and `backstop rollback`: the way to a rollback when Slack is down, by the same plan, policy and journal. */

import { userInfo } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { ownerOf } from '../approval-codes.ts';
import { systemClock } from '../clock.ts';
import { readRollbackWords, wishOf } from '../commands/rollback-words.ts';
import type { Config } from '../config/config.ts';
import { createEngine } from '../engine/engine.ts';
import { createPlanner } from '../engine/planner.ts';
import { JournalError, messageOf, Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import { approve, breakGlass, requestApproval } from '../flows/approve.ts';
import { declareRollback } from '../flows/declare-rollback.ts';
import { askForPlan } from '../flows/propose-plan.ts';
import { groundOf, type Incident, isOpen, openProposal } from '../incident.ts';
import { createCatalogue } from '../integrations/catalogue.ts';
import { takeEngineLock } from '../journal/lock.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLoop, type Loop } from '../loop.ts';
import type { Proposal } from '../proposal.ts';
import { createRedactor } from '../redact.ts';
import { approvalsNeeded, type EnvironmentPolicy, type Service } from '../service.ts';
import { configFrom, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Following, followRun, tellTimeline } from './follow-run.ts';
import { letGo } from './let-go.ts';
import { planText } from './plan-text.ts';

export interface RollbackOptions extends GlobalOptions {
  /** Go ahead alone, with this reason. */
  readonly breakGlass?: string;
  /** Answer the question before the approval with yes. */
  readonly yes?: boolean;
}

const LOOK_LIMIT_MS = 60_000;
const PLAN_LIMIT_MS = 60_000;
/** How often another process's entries are taken in. */
const CATCH_UP_MS = 300;

/** Shows the plan and records nothing. */
export async function plan(words: readonly string[], options: GlobalOptions): Promise<number> {
  const config = configFrom(options);
  const asked = readRollbackWords(words.join(' '));
  const { service, environment } = placeOf(config, asked.words);
  const journal = openSqliteJournal({ file: config.journal.file, now: Date.now });
  const loop = createLoop(journal, Date.now);
  const planner = createPlanner(catalogueOf(config), () => loop.incidents());
  const ground = openIncident(loop, service, environment) ?? groundOf(service.id, environment);
  const content = await planner.plan(
    ground,
    wishOf(asked, asked.words[2]),
    AbortSignal.timeout(LOOK_LIMIT_MS),
  );
  say(config, planText(content));
  await journal.close();
  return EXIT.ok;
}

/** Plans, takes approvals under the environment's policy, and runs, with live progress. */
export async function rollback(
  words: readonly string[],
  options: RollbackOptions,
): Promise<number> {
  const config = configFrom(options);
  const asked = readRollbackWords(words.join(' '));
  if (asked.dryRun) return plan(words, options);
  const { service, environment, policy } = placeOf(config, asked.words);
  const actor: Actor = { kind: 'operator', name: userInfo().username };
  const journal = openSqliteJournal({ file: config.journal.file, now: Date.now });
  const loop = createLoop(journal, Date.now);
  const catalogue = catalogueOf(config);
  const lock = takeEngineLock(config.journal.file);
  const engine = lock
    ? createEngine({
        loop,
        catalogue,
        planner: createPlanner(catalogue, () => loop.incidents()),
        clock: systemClock,
        quickFixLimit: config.incidents.quickFix.limit,
        onError: (error) => say(config, `${messageOf(error)}\n`),
      })
    : undefined;
  if (!engine) say(config, 'A running Backstop carries this out; this terminal only follows.\n');
  engine?.start();
  const catchUp = setInterval(() => loop.catchUp(), CATCH_UP_MS);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const wish = wishOf(asked, asked.words[2]);
    const open = openIncident(loop, service, environment);
    const { incident } = open
      ? await loop.decide(open.id, actor, askForPlan(wish))
      : await loop.declare(actor, declareRollback(service, environment, wish));
    const { id } = incident;
    const approving = { config, loop, actor, terminal, policy, options };
    const tell = (text: string): void => say(config, text);
    const following = { loop, journal, actor, terminal, say: tell, approval: policy.approval };
    const code = await carryOut(approving, following, id);
    if (engine && (loop.incident(id)?.runs.length ?? 0) > 0) await letGo(loop, id, tell);
    return code;
  } finally {
    clearInterval(catchUp);
    terminal.close();
    await engine?.stop();
    await journal.close();
    lock?.release();
  }
}

interface Approving {
  readonly config: Config;
  readonly loop: Loop;
  readonly actor: Actor;
  readonly terminal: ReturnType<typeof createInterface>;
  readonly policy: EnvironmentPolicy;
  readonly options: RollbackOptions;
}

/** Shows the plan, takes approvals and follows the run, and again with each plan that follows from a run. @returns the exit code. */
async function carryOut(approving: Approving, following: Following, id: string): Promise<number> {
  const { config, loop, terminal, options } = approving;
  const first = await planFor(loop, id);
  let proposal = first;
  let stopTelling: (() => void) | undefined;
  try {
    for (;;) {
      say(config, `${id}\n\n${planText(proposal.plan)}\n`);
      // A yes given beforehand was for the plan that was asked for, not for what came of it.
      const agreed =
        (options.yes && proposal === first) ||
        /^y(es)?$/i.test(await terminal.question('Go on to the approval? [y/N] '));
      if (!agreed) {
        say(config, 'Nothing was changed by this plan. It stays in the incident.\n');
        return proposal === first ? EXIT.ok : EXIT.failed;
      }
      await takeApprovals(approving, id, proposal.plan.id);
      stopTelling ??= tellTimeline(following, id);
      const { code, next } = await followRun(following, id);
      if (!next) return code;
      proposal = next;
    }
  } finally {
    stopTelling?.();
  }
}

/** @throws Refusal when the policy knows no way for the operator. */
async function takeApprovals(context: Approving, incident: string, planId: string): Promise<void> {
  const { config, loop, actor, terminal, policy, options } = context;
  const { approval } = policy;
  if (options.breakGlass !== undefined) {
    // Who may read the configuration of the bot holds its keys; where nobody may break the glass, neither may they.
    const right = approval.breakGlass.length > 0 ? 'yes' : 'no';
    await loop.decide(incident, actor, breakGlass(planId, options.breakGlass, right));
    say(config, 'The glass is broken: this goes to the incidents channel and into the export.\n');
    return;
  }
  const codes = approval.codes ?? [];
  if (codes.length === 0) {
    throw new Refusal(
      'not-possible',
      'Nobody can approve at this terminal: the environment has no approval codes (approval.codes). Use --break-glass "<reason>", or approve in Slack.',
    );
  }
  await loop.decide(incident, actor, requestApproval(planId, approval));
  for (;;) {
    const now = loop.incident(incident);
    const proposal = now?.proposals.find(({ plan: { id } }) => id === planId);
    if (proposal?.state !== 'requested') return;
    const needed = approvalsNeeded(approval, now?.severity?.is);
    const code = await terminal.question(
      `Approval code (${proposal.approvals.length} of ${needed} given): `,
    );
    const name = ownerOf(code, codes);
    if (name === undefined) {
      say(config, 'That is nobody’s code.\n');
      continue;
    }
    try {
      await loop.decide(incident, { kind: 'operator', name }, approve(planId, approval, 'yes'));
      say(config, `${name} approves.\n`);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(config, `${error.message}\n`);
      if (error.code === 'out-of-date') return;
    }
  }
}

/** Waits for the plan that was asked for. @throws Refusal with the reason when none could be made. */
function planFor(loop: Loop, id: string): Promise<Proposal> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      unsubscribe();
      reject(
        new JournalError(
          `No plan was made within ${PLAN_LIMIT_MS / 1000} s; is the running Backstop well?`,
        ),
      );
    }, PLAN_LIMIT_MS);
    const look = (incident: Incident | undefined): void => {
      if (!incident || incident.id !== id || incident.planWanted) return;
      clearTimeout(timer);
      unsubscribe();
      const proposal = openProposal(incident);
      if (proposal) resolve(proposal);
      else reject(new Refusal('not-possible', incident.planRefused?.reason ?? 'No plan was made.'));
    };
    const unsubscribe = loop.subscribe(look);
    look(loop.incident(id));
  });
}

function placeOf(
  config: Config,
  [id, name]: readonly string[],
): { readonly service: Service; readonly environment: string; readonly policy: EnvironmentPolicy } {
  const service = id === undefined ? undefined : config.services[id];
  const environments = Object.keys(service?.environments ?? {});
  const environment = name ?? (environments.length === 1 ? environments[0] : undefined);
  const policy = environment === undefined ? undefined : service?.environments[environment];
  if (service && environment !== undefined && policy) return { service, environment, policy };
  const known = Object.values(config.services).map(
    (each) => `${each.id} (${Object.keys(each.environments).join(', ')})`,
  );
  throw new Refusal(
    'not-found',
    `There is no ${[id, name].filter(Boolean).join(' ')}. There are: ${known.join('; ')}.`,
  );
}

function openIncident(loop: Loop, service: Service, environment: string): Incident | undefined {
  return loop
    .incidents()
    .find(
      (each) => isOpen(each) && each.service === service.id && each.environment === environment,
    );
}

function catalogueOf(config: Config) {
  return createCatalogue(config.services, config.connections);
}

function say(config: Config, text: string): void {
  process.stdout.write(createRedactor(config.secrets)(text));
}
