/** `backstop plan` and `backstop rollback`: the way to a rollback when Slack is down, by the same plan, policy and journal. */

import { userInfo } from 'node:os';
import { createInterface, type Interface } from 'node:readline/promises';
import { readRollbackWords, wishOf } from '../commands/rollback-words.ts';
import type { Config } from '../config/config.ts';
import { createPlanner } from '../engine/planner.ts';
import { JournalError, Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import { declareRollback } from '../flows/declare-rollback.ts';
import { askForPlan } from '../flows/propose-plan.ts';
import { groundOf, type Incident, isOpen, openProposal, proposalOf } from '../incident.ts';
import { createCatalogue } from '../integrations/catalogue.ts';
import { openSqliteJournal } from '../journal/sqlite.ts';
import { createLoop, type Loop } from '../loop.ts';
import type { Proposal } from '../proposal.ts';
import { createRedactor } from '../redact.ts';
import type { EnvironmentPolicy, Service } from '../service.ts';
import { answerWhile, endingWith } from './answer-while.ts';
import { configFrom, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';
import { type Following, followRun, tellTimeline } from './follow-run.ts';
import { onInterrupts } from './interrupts.ts';
import { keepEngine } from './keep-engine.ts';
import { letGo } from './let-go.ts';
import { planText } from './plan-text.ts';
import { decided, isOpenProposal, takeApprovals } from './take-approvals.ts';

export interface RollbackOptions extends GlobalOptions {
  /** Go ahead alone, with this reason. */
  readonly breakGlass?: string;
  /** Answer the question before the approval with yes. */
  readonly yes?: boolean;
  /** Have a look only. */
  readonly dryRun?: boolean;
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
  const loop = createLoop(journal, Date.now, createRedactor(config.secrets));
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
  if (options.dryRun || asked.dryRun) return plan(words, options);
  const { service, environment, policy } = placeOf(config, asked.words);
  const actor: Actor = { kind: 'operator', name: userInfo().username };
  const journal = openSqliteJournal({ file: config.journal.file, now: Date.now });
  const loop = createLoop(journal, Date.now, createRedactor(config.secrets));
  const tell = (text: string): void => say(config, text);
  const input = createInterface({ input: process.stdin, output: process.stderr });
  const terminal = endingWith(input);
  const engine = keepEngine({
    journalFile: config.journal.file,
    quickFixLimit: config.incidents.quickFix.limit,
    loop,
    catalogue: catalogueOf(config),
    say: tell,
  });
  const catchUp = setInterval(() => loop.catchUp(), CATCH_UP_MS);
  // The run goes on when the connection to this terminal breaks.
  const stay = (): void => undefined;
  process.on('SIGHUP', stay);
  try {
    const wish = wishOf(asked, asked.words[2]);
    const open = openIncident(loop, service, environment);
    const { incident } = open
      ? await loop.decide(open.id, actor, askForPlan(wish))
      : await loop.declare(actor, declareRollback(service, environment, wish));
    const { id } = incident;
    const { approval } = policy;
    const following = { loop, journal, actor, terminal, say: tell, approval };
    const code = await carryOut(following, options, id, input);
    if (engine.isHere && (loop.incident(id)?.runs.length ?? 0) > 0) await letGo(loop, id, tell);
    return code;
  } finally {
    process.off('SIGHUP', stay);
    clearInterval(catchUp);
    input.close();
    await engine.stop();
    await journal.close();
  }
}

/** Shows the plan, takes approvals and follows the run, and again with each plan that follows from a run. @returns the exit code. */
async function carryOut(
  following: Following,
  options: RollbackOptions,
  id: string,
  input: Interface,
): Promise<number> {
  const { loop, say: tell } = following;
  const first = await planFor(loop, id);
  let proposal = first;
  let stopTelling: (() => void) | undefined;
  try {
    for (;;) {
      const { plan } = proposal;
      const now = (): Proposal | undefined => {
        const incident = loop.incident(id);
        return incident && proposalOf(incident, plan.id);
      };
      tell(`${id}\n\n${planText(plan)}\n`);
      // A yes given beforehand was for the plan that was asked for, not for what came of it.
      const answer =
        options.yes && proposal === first
          ? 'yes'
          : await answerWhile(
              following,
              () => isOpenProposal(now()),
              id,
              'Go on to the approval? [y/N] ',
            );
      if (answer !== undefined && !/^y(es)?$/i.test(answer)) {
        tell('Nothing was changed by this plan. It stays in the incident.\n');
        return proposal === first ? EXIT.ok : EXIT.failed;
      }
      const { breakGlass } = options;
      const isApproved =
        answer === undefined
          ? decided(following, now())
          : await takeApprovals({ ...following, breakGlass }, id, plan.id);
      if (!isApproved) return EXIT.failed;
      stopTelling ??= tellTimeline(following, id);
      const restore = onInterrupts(following, id, input, () => {
        restore();
        process.kill(process.pid, 'SIGINT');
      });
      const { code, next } = await followRun(following, id).finally(restore);
      if (!next) return code;
      proposal = next;
    }
  } finally {
    stopTelling?.();
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
  return createCatalogue(config);
}

function say(config: Config, text: string): void {
  process.stdout.write(createRedactor(config.secrets)(text));
}
