/** Approvals at the terminal, under the environment's policy; what people decide in Slack meanwhile counts as well. */

import { ownerOf } from '../approval-codes.ts';
import { Refusal } from '../errors.ts';
import type { Actor } from '../events.ts';
import { approve, breakGlass, requestApproval } from '../flows/approve.ts';
import { proposalOf } from '../incident.ts';
import type { Flow, Loop } from '../loop.ts';
import type { Proposal } from '../proposal.ts';
import { type ApprovalPolicy, approvalsNeeded } from '../service.ts';
import { answerWhile, type Terminal } from './answer-while.ts';
import { wordsOf } from './context.ts';

export interface Approving {
  readonly loop: Loop;
  readonly actor: Actor;
  readonly terminal: Terminal;
  readonly say: (text: string) => void;
  readonly approval: ApprovalPolicy;
  /** Go ahead alone, with this reason. */
  readonly breakGlass?: string | undefined;
}

/** True while people can still decide on the plan. */
export function isOpenProposal(proposal: Proposal | undefined): boolean {
  return proposal?.state === 'shown' || proposal?.state === 'requested';
}

/**
 * Takes approvals until the plan is decided on, here or in Slack, and says how where it was not here.
 * @returns true when it is approved, so that its run has begun.
 * @throws Refusal when the policy knows no way for the operator.
 */
export async function takeApprovals(
  context: Approving,
  id: string,
  plan: string,
): Promise<boolean> {
  const { loop, actor, approval, say } = context;
  const { codes = [] } = approval;
  const now = (): Proposal | undefined => {
    const incident = loop.incident(id);
    return incident && proposalOf(incident, plan);
  };
  if (context.breakGlass !== undefined) {
    // Who may read the configuration of the bot holds its keys; where nobody may break the glass, neither may they.
    const right = approval.breakGlass.length > 0 ? 'yes' : 'no';
    const isBroken = await unlessDecided(now, () =>
      loop.decide(id, actor, breakGlass(plan, context.breakGlass ?? '', right)),
    );
    if (!isBroken) return decided(context, now());
    say('The glass is broken: this goes to the incidents channel and into the export.\n');
    return true;
  }
  if (codes.length === 0) {
    throw new Refusal(
      'not-possible',
      'Nobody can approve at this terminal: the environment has no approval codes (approval.codes). Use --break-glass "<reason>", or approve in Slack.',
    );
  }
  await unlessDecided(now, async () => {
    if (now()?.state === 'shown') await loop.decide(id, actor, requestApproval(plan, approval));
  });
  const isHere = await takeCodes(context, id, plan, now);
  return isHere || decided(context, now());
}

/** @returns true when the last approval that was needed was given here. */
async function takeCodes(
  context: Approving,
  id: string,
  plan: string,
  now: () => Proposal | undefined,
): Promise<boolean> {
  const { loop, terminal, approval, say } = context;
  for (;;) {
    const proposal = now();
    if (proposal?.state !== 'requested') return false;
    const given = proposal.approvals.length;
    const needed = approvalsNeeded(approval, loop.incident(id)?.severity?.is);
    const code = await answerWhile(
      { loop, terminal },
      () => now()?.state === 'requested' && now()?.approvals.length === given,
      id,
      `Approval code (${given} of ${needed} given): `,
    );
    if (code === undefined) {
      const by = now()?.approvals.at(given)?.by;
      if (by && now()?.state === 'requested') say(`\n${nameOf(by)} approves in Slack.\n`);
      continue;
    }
    const by = ownerOf(code, approval.codes ?? []);
    if (by === undefined) {
      say('That is nobody’s code.\n');
      continue;
    }
    if (await tried(context, id, by, approve(plan, approval, 'yes'))) {
      say(`${by.name} approves.\n`);
      if (now()?.state === 'approved') return true;
    }
  }
}

/** Decides, or says why not. */
async function tried(
  { loop, say }: Approving,
  id: string,
  by: Actor,
  flow: Flow,
): Promise<boolean> {
  try {
    await loop.decide(id, by, flow);
    return true;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    say(`${wordsOf(error)}\n`);
    return false;
  }
}

/** False when it was refused because somebody else has decided on the plan meanwhile. */
async function unlessDecided(
  now: () => Proposal | undefined,
  decide: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await decide();
    return true;
  } catch (error) {
    if (error instanceof Refusal && !isOpenProposal(now())) return false;
    // Asked for twice is asked for.
    if (error instanceof Refusal && error.code === 'already-done') return true;
    throw error;
  }
}

/** Says how the plan was decided on by others. @returns true when it was approved. */
export function decided({ say }: Pick<Approving, 'say'>, proposal: Proposal | undefined): boolean {
  const { state, approvals = [], ended } = proposal ?? {};
  const words = {
    approved: `Approved by ${approvals.map(({ by }) => nameOf(by)).join(' and ') || 'what was approved before'}; the run begins.`,
    rejected: `Declined by ${nameOf(ended?.by)}: ${ended?.reason ?? ''}`,
    expired: 'The time to approve this plan is over.',
    stale: `This plan is out of date: ${ended?.reason ?? ''}`,
    superseded: 'Somebody asked for a newer plan, which took the place of this one.',
    shown: '',
    requested: '',
  }[state ?? 'superseded'];
  if (words !== '') say(`\n${words}\n`);
  if (state === 'approved') return true;
  say('Nothing was changed by this plan. The same command makes a fresh one.\n');
  return false;
}

function nameOf(actor: Actor | undefined): string {
  if (actor?.kind === 'person') return actor.name ?? actor.id;
  return actor?.kind === 'operator' ? actor.name : 'Backstop';
}
