/** Builders of incidents as event streams: what Backstop would have recorded, fact by fact, folded as it goes. */

import { applyEvent } from '../../src/apply-event.ts';
import type { Response, Severity } from '../../src/assessment.ts';
import type { Reading } from '../../src/component.ts';
import type { Actor, Event, Recorded } from '../../src/events.ts';
import type { Incident } from '../../src/incident.ts';
import type { Verdict } from '../../src/operation.ts';
import type { Names } from '../../src/timeline/plain-words.ts';
import { aPlan, type PlanWishes } from './a-plan.ts';

export const BACKSTOP: Actor = { kind: 'backstop' };
type Person = Actor & { readonly kind: 'person' };
export const ANA: Person = { kind: 'person', id: 'U0ANA' };
export const BEN: Person = { kind: 'person', id: 'U0BEN' };
export const CLEO: Person = { kind: 'person', id: 'U0CLEO' };

const KNOWN: Readonly<Record<string, string>> = {
  U0ANA: 'Ana Ruiz',
  U0BEN: 'Ben Okafor',
  U0CLEO: 'Cleo Martin',
};
export const names: Names = (id) => (Object.hasOwn(KNOWN, id) ? KNOWN[id] : undefined) ?? id;

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
/** A Friday afternoon in winter, so that Berlin is an hour ahead of UTC. */
export const START = Date.UTC(2026, 10, 20, 14, 2, 7, 250);

export interface Story {
  readonly events: readonly Recorded[];
  incident(): Incident;
  now(): number;
  wait(ms: number): Story;
  /** Records events at the present moment. @throws Error when the fold refuses them. */
  tell(by: Actor, ...events: readonly Event[]): Story;
}

/** A stream in which nothing has happened yet. */
export function anEmptyStory(id = 'INC-0001', start = START): Story {
  const events: Recorded[] = [];
  let at = start;
  let incident: Incident | undefined;
  const story: Story = {
    events,
    now: () => at,
    incident() {
      if (!incident) throw new Error('Nothing was declared');
      return incident;
    },
    wait(ms) {
      at += ms;
      return story;
    },
    tell(by, ...told) {
      for (const event of told) {
        const version = events.length + 1;
        const position = { seq: 40 + version, stream: `incident/${id}`, version, at, actor: by };
        const recorded = { ...event, ...position } as Recorded;
        incident = applyEvent(incident, recorded);
        events.push(recorded);
      }
      return story;
    },
  };
  return story;
}

/** An incident declared at `start`, and nothing else yet. */
export function aStory(
  declared: {
    readonly title?: string;
    readonly summary?: string;
    readonly start?: number;
    readonly private?: true;
  } = {},
): Story {
  return anEmptyStory('INC-0001', declared.start).tell(ANA, {
    type: 'incident.declared',
    data: {
      id: 'INC-0001',
      title: declared.title ?? 'checkout is failing',
      summary:
        declared.summary ??
        'Customers see “Checkout failed” since the release of 13:50.\nThe error rate is at 38% and rising.',
      service: 'checkout',
      environment: 'production',
      ...(declared.private ? { private: true as const } : {}),
    },
  });
}

export function assemble(story: Story): Story {
  return story
    .wait(2 * SECOND)
    .tell(BACKSTOP, {
      type: 'channel.opened',
      data: {
        channel: 'C0INC1',
        name: 'inc-0001-checkout-is-failing',
        url: 'https://acme.slack.com/archives/C0INC1',
      },
    })
    .wait(SECOND)
    .tell(BACKSTOP, { type: 'responders.invited', data: { users: ['U0ANA', 'U0BEN', 'U0CLEO'] } });
}

/** Answers that call for a rollback at SEV1. */
export function assessAsBroken(story: Story): Story {
  const answer = (
    by: Actor,
    question: 'users' | 'data' | 'security' | 'availability' | 'wait' | 'fix',
    is: string,
  ) =>
    story
      .wait(11 * SECOND)
      .tell(by, { type: 'assessment.answered', data: { question, answer: is } });
  answer(ANA, 'users', 'all');
  story.tell(ANA, severity('sev1', ['all users are affected']));
  answer(ANA, 'data', 'no');
  answer(BEN, 'security', 'no');
  answer(ANA, 'availability', 'normal');
  answer(ANA, 'wait', 'no');
  answer(BEN, 'fix', 'longer');
  return story;
}

/** Answers that call for a quick fix at SEV3. */
export function assessAsSmall(story: Story): Story {
  const answers = {
    users: 'few',
    data: 'no',
    security: 'no',
    availability: 'normal',
    wait: 'no',
    fix: 'under-15',
  };
  for (const [question, answer] of Object.entries(answers)) {
    story.wait(9 * SECOND).tell(BEN, {
      type: 'assessment.answered',
      data: { question: question as keyof typeof answers, answer },
    });
  }
  return story.tell(BEN, severity('sev3', ['people are blocked, but fewer than 5%']));
}

export function takeCommand(story: Story, by: Person = BEN): Story {
  return story.wait(14 * SECOND).tell(by, {
    type: 'role.claimed',
    data: { role: 'commander', user: by.id },
  });
}

export function decide(
  story: Story,
  response: Response,
  reasons: readonly string[],
  override?: string,
): Story {
  const chosen: Event = {
    type: 'response.chosen',
    data: { response, reasons, ...(override ? { override } : {}) },
  };
  const reason = 'The response was decided.';
  const identified: Event = { type: 'status.changed', data: { status: 'identified', reason } };
  const isFirst = story.incident().status === 'investigating';
  return story.wait(25 * SECOND).tell(BEN, chosen, ...(isFirst ? [identified] : []));
}

/** Asks for a plan and shows it; its id counts up as the engine's does. */
export function showPlan(story: Story, wishes: PlanWishes = {}): Story {
  story.wait(8 * SECOND).tell(ANA, { type: 'plan.wanted', data: { kind: 'rollback' } });
  return story.wait(3 * SECOND).tell(BACKSTOP, proposal(story, wishes));
}

/** The next plan, as proposed at this moment. */
export function proposal(story: Story, wishes: PlanWishes = {}): Event {
  const id = `INC-0001-P${story.incident().proposals.length + 1}`;
  return { type: 'plan.proposed', data: { plan: { ...aPlan(wishes), id, madeAt: story.now() } } };
}

export function askApproval(story: Story): Story {
  const { id, hash } = newestPlan(story);
  return story.wait(21 * SECOND).tell(ANA, {
    type: 'approval.requested',
    data: { plan: id, hash, until: story.now() + 21 * SECOND + 30 * MINUTE },
  });
}

/** Approves the newest plan, which starts its run. */
export function approve(story: Story, by: Actor = BEN, breakGlass?: string): Story {
  const { id, hash } = newestPlan(story);
  return story
    .wait(48 * SECOND)
    .tell(
      by,
      { type: 'approval.given', data: { plan: id, hash, ...(breakGlass ? { breakGlass } : {}) } },
      startOf(story),
    );
}

export function startOf(story: Story): Event {
  const { id, hash } = newestPlan(story);
  const run = `INC-0001-R${story.incident().runs.length + 1}`;
  return { type: 'run.started', data: { run, plan: id, hash } };
}

/** Begins a step of the newest run: intent, submission, two signs of progress. */
export function beginStep(story: Story, step: string, note = 'Azure is swapping the slots'): Story {
  const run = newestRun(story);
  const key = `${run}-${step}`;
  return story
    .wait(SECOND)
    .tell(BACKSTOP, {
      type: 'step.intended',
      data: {
        run,
        step,
        intent: { run, step, key, at: story.now(), before: 'live:2.4.0', expected: 'live:2.3.1' },
      },
    })
    .wait(2 * SECOND)
    .tell(BACKSTOP, { type: 'step.submitted', data: { run, step, handle: { operation: key } } })
    .wait(5 * SECOND)
    .tell(BACKSTOP, {
      type: 'step.progressed',
      data: { run, step, note },
    })
    .wait(30 * SECOND)
    .tell(BACKSTOP, {
      type: 'step.progressed',
      data: { run, step, note },
    });
}

export function finishStep(story: Story, step: string): Story {
  const run = newestRun(story);
  return story
    .wait(26 * SECOND)
    .tell(BACKSTOP, { type: 'step.succeeded', data: { run, step, how: 'applied' } });
}

/** Verifies the newest run: `bad` rounds that fail, then `good` rounds that pass. */
export function verify(story: Story, good: number, bad = 0): Story {
  const run = newestRun(story);
  story.tell(BACKSTOP, { type: 'verification.started', data: { run } });
  for (let round = 0; round < good + bad; round += 1) {
    const readings = round < bad ? [reading('fail')] : [reading('pass', 41 + round)];
    story.wait(10 * SECOND).tell(BACKSTOP, { type: 'verification.read', data: { run, readings } });
  }
  return story;
}

/** The newest run recovered; one monitor window of 15 minutes begins. */
export function recover(story: Story): Story {
  const run = newestRun(story);
  const window = {
    name: 'first quarter hour',
    from: story.now(),
    until: story.now() + 15 * MINUTE,
    every: MINUTE,
  };
  return story.tell(
    BACKSTOP,
    {
      type: 'run.finished',
      data: { run, outcome: 'recovered', reason: 'Every probe passed 3 times in a row.' },
    },
    {
      type: 'status.changed',
      data: { status: 'monitoring', reason: 'The service has recovered.' },
    },
    { type: 'monitor.started', data: { run, windows: [window] } },
  );
}

export function watch(story: Story, passed = true): Story {
  for (let round = 1; round <= 15; round += 1) {
    const isLast = round === 15;
    const readings = [reading(isLast && !passed ? 'fail' : 'pass', 40 + round)];
    story.wait(MINUTE).tell(BACKSTOP, {
      type: 'monitor.read',
      data: { window: 'first quarter hour', readings },
    });
  }
  return story.tell(BACKSTOP, {
    type: 'monitor.ended',
    data: { window: 'first quarter hour', passed },
  });
}

export function resolve(story: Story, reason = 'The monitor window passed.'): Story {
  return story.wait(2 * MINUTE).tell(BEN, {
    type: 'status.changed',
    data: { status: 'resolved', reason },
  });
}

export function reading(verdict: Verdict, ms = 45): Reading {
  const reason = verdict === 'pass' ? `HTTP 200 in ${ms} ms` : `HTTP 500 in ${ms} ms`;
  return { probe: 'health', verdict, reason, values: { responseMs: ms } };
}

export function severity(is: Severity, reasons: readonly string[], override?: string): Event {
  return {
    type: 'severity.set',
    data: { severity: is, reasons, ...(override ? { override } : {}) },
  };
}

export function newestRun(story: Story): string {
  const run = story.incident().runs.at(-1);
  if (!run) throw new Error('No run was started');
  return run.id;
}

function newestPlan(story: Story): { readonly id: string; readonly hash: string } {
  const plan = story.incident().proposals.at(-1)?.plan;
  if (!plan) throw new Error('No plan was shown');
  return plan;
}
