/** Who may approve which plan under which policy: every combination, with the groups as Slack tells them. */

import { WebClient } from '@slack/web-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import type { Actor, Event } from '../../src/events.ts';
import { approve } from '../../src/flows/approve.ts';
import { createWorkspace, type Workspace } from '../../src/sandbox/workspace/index.ts';
import type { ApprovalPolicy } from '../../src/service.ts';
import { createDirectory, type Directory } from '../../src/slack/directory.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { aStory, BACKSTOP, MINUTE, showPlan } from '../support/an-incident.ts';
import { ask, POLICY, put } from '../support/asking.ts';

const PLAN = 'INC-0001-P1';

let workspace: Workspace;
let now = Date.UTC(2026, 10, 21);
let directory: Directory;
const people = new Map<string, string>();
let leads = '';

beforeAll(async () => {
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  workspace = await createWorkspace({ manifest: MANIFEST });
  for (const name of NAMES.filter((each) => each !== 'guest')) {
    people.set(name, workspace.addUser({ name, realName: name }).id);
  }
  const members = ['requester', 'author', 'grouped', 'removed', 'approved', 'guest', 'gone', 'app'];
  people.set('guest', workspace.addUser({ name: 'guest', realName: 'guest', isGuest: true }).id);
  become('gone', { deactivated: true });
  become('app', { isBot: true });
  leads = workspace.addGroup({ handle: 'leads', members }).id;
  const client = new WebClient(workspace.botToken, { slackApiUrl: workspace.apiUrl });
  directory = createDirectory(client, clock);
  await directory.membership(idOf('removed'), [leads as `S${string}`]);
  const group = workspace.state.groups.get(leads);
  group?.members.splice(group.members.indexOf(idOf('removed')), 1);
  now += MINUTE;
});
afterAll(() => workspace.close());

function become(name: Name, what: { readonly isBot?: true; readonly deactivated?: true }): void {
  const user = workspace.state.users.get(idOf(name));
  if (!user) throw new Error(`There is no ${name}`);
  workspace.state.users.set(user.id, { ...user, ...what });
}

function idOf(name: string): string {
  return people.get(name) ?? '';
}

const NAMES = [
  'requester',
  'author',
  'grouped',
  'listed',
  'outsider',
  'removed',
  'approved',
  'guest',
  'gone',
  'app',
] as const;
type Name = (typeof NAMES)[number];

/** Each with who may approve a fresh plan under it. */
const POLICIES: Readonly<
  Record<string, { readonly may: readonly Name[]; readonly changes: Partial<ApprovalPolicy> }>
> = {
  'two of the group or the one who is listed': {
    changes: { count: 2 },
    may: ['author', 'grouped', 'listed'],
  },
  'whose change it is may not': {
    changes: { count: 2, authors: { author: 'Dana' } },
    may: ['grouped', 'listed'],
  },
  'whoever asked may as well': {
    changes: { count: 2, requesterMayApprove: true },
    may: ['requester', 'author', 'grouped', 'listed'],
  },
  'nobody is named': { changes: { count: 1, from: [] }, may: [] },
  'the one who is listed only': {
    changes: { count: 2, from: ['listed'] as never },
    may: ['listed'],
  },
};

const STATES = ['fresh', 'over', 'stale', 'superseded', 'declined'] as const;

/** A plan the requester asked for and one person approved, as it is then. */
function storyOf(state: (typeof STATES)[number], policy: ApprovalPolicy) {
  const story = showPlan(aStory());
  const requester: Actor = { kind: 'person', id: idOf('requester') };
  const until = story.now() + policy.validFor;
  const { hash } = story.incident().proposals[0]?.plan ?? { hash: '' };
  story.tell(requester, { type: 'approval.requested', data: { plan: PLAN, hash, until } });
  if (policy.count > 1) {
    const approved: Actor = { kind: 'person', id: idOf('approved') };
    story.tell(approved, { type: 'approval.given', data: { plan: PLAN, hash } });
  }
  if (state === 'over') story.wait(policy.validFor);
  if (state === 'superseded') showPlan(story);
  if (state === 'stale') {
    story.tell(BACKSTOP, {
      type: 'plan.went-stale',
      data: { plan: PLAN, reason: 'Deployed anew.' },
    });
  }
  if (state === 'declined') {
    const data = { plan: PLAN, reason: 'Too late.' };
    story.tell(requester, { type: 'approval.rejected', data });
  }
  return story;
}

describe.each(Object.entries(POLICIES))('where %s', (_name, { changes, may }) => {
  function policyOf(): ApprovalPolicy {
    const named = changes.from as readonly string[] | undefined;
    const from = named ? named.map(idOf) : [leads, idOf('listed')];
    const authors = Object.entries(changes.authors ?? {}).map(([who, login]) => [idOf(who), login]);
    return { ...POLICY, ...changes, from, authors: Object.fromEntries(authors) };
  }

  describe.each(STATES)('a plan that is %s', (state) => {
    it.each(NAMES)('is approved by those who may alone: %s', async (name) => {
      const policy = policyOf();
      const story = storyOf(state, policy);
      const actor: Actor = { kind: 'person', id: idOf(name) };
      const member = await directory.membership(actor.id, policy.from);
      const before = story.incident();

      const given = (): readonly Event[] => ask(story, actor, approve(PLAN, policy, member));

      if (state === 'fresh' && may.includes(name)) {
        expect(given()[0]).toMatchObject({ type: 'approval.given', data: { plan: PLAN } });
      } else {
        expect(given).toThrow(Refusal);
        expect(story.incident()).toEqual(before);
      }
    });
  });

  it('nobody approves while Slack cannot say who is in the group, but for who is listed', async () => {
    const fault = workspace.faults.onMethod('usergroups.users.list', { error: 'fatal_error' });
    now += MINUTE;
    const policy = policyOf();
    for (const name of NAMES) {
      const story = storyOf('fresh', policy);
      const actor: Actor = { kind: 'person', id: idOf(name) };
      const member = await directory.membership(actor.id, policy.from);
      const give = () => put(story, actor, approve(PLAN, policy, member));
      if (name === 'listed' && may.includes(name)) expect(give()).not.toEqual([]);
      else expect(give).toThrow(Refusal);
    }
    fault.remove();
  });
});
