/** Walks a playbook by its data: whatever its steps are, people do what its message asks them to. */

import type { Stage } from '../../stage.ts';
import type { Person } from '../../workspace/person.ts';
import { assess, declareAs, planRollback } from '../scenes.ts';
import { expect, type Story } from '../story.ts';
import { filledIn } from './announcements.ts';
import { type Playbook, readPlaybook, type Step, wayThrough } from './playbook.ts';

export interface Script {
  readonly name: string;
  /** What Ana declares; the words that follow `/incident`. */
  readonly declares: string;
  /** Her answers to the card's questions. */
  readonly answers: readonly string[];
  /** How a playbook is begun: as it is proposed on the card, or by its name. */
  readonly start: 'proposed' | 'named';
  /** The id of the answer to each question of the playbook. */
  readonly choices?: Readonly<Record<string, string>>;
  /** Steps that are done by hand, outside of Backstop. */
  readonly byHand?: readonly string[];
  /** Checklists of which only the first item is ticked. */
  readonly leaves?: readonly string[];
  /** True when the trouble is not in the release, so that the shop works with it. */
  readonly works?: boolean;
  /** True when it is for those in it only. */
  readonly private?: boolean;
  /** True when a rollback comes before it. */
  readonly afterRollback?: boolean;
}

const LONG_MS = 40_000;
const NOTE = 'It was done by hand; see the runbook.';

/** The story of a playbook, from the declaration to the resolution. */
export function playbookStory(script: Script): Story {
  return {
    name: script.name,
    about: `The playbook ${script.name}, step by step.`,
    ends: 'the playbook is done, the incident resolved, the post-mortem in the channel',
    async play(stage, tell) {
      const playbook = readPlaybook(script.name);
      const { ana, ben } = stage.people;
      const { bad } = stage.world;
      if (script.works) stage.cloud.azure.deployTo('production', { ...bad, behaviour: 'good' });
      tell(playbook.about);
      const channel = await declareAs(stage, script.declares);
      await assess(stage, channel, script.answers);
      // Nobody else is in a private channel yet.
      const lead = script.private ? ana : ben;
      if (lead === ben) await ben.sees('Ben has joined the channel', { channel });
      await lead.click('Take command', { channel });
      if (script.afterRollback) await rollBackFirst(stage, channel);

      tell(`The playbook ${script.name} is started.`);
      await begin(script, lead, channel);
      const walker = { stage, channel, lead, playbook, script, ran: false, leftPlan: false };
      for (const [index, step] of wayThrough(playbook, script.choices ?? {}).entries()) {
        await lead.sees(comesTo(index + 1, step, walker), { channel, timeoutMs: LONG_MS });
        await take(walker, step);
      }
      await lead.sees('The playbook is done', { channel, timeoutMs: LONG_MS });

      tell('It is over.');
      await lead.command(channel, '/incident resolve The playbook is done and all is well.');
      await lead.sees('is resolved', { channel });
      await tellAfterwards(stage, lead, channel, playbook);
    },
  };
}

/** What says that the playbook has come to the step; it may be past one that is met by itself before anybody looks. */
function comesTo(number: number, { kind, title }: Step, { ran, leftPlan }: Walker): RegExp {
  const name = title.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const met =
    kind === 'assessment' || (kind === 'verification' && ran) || (kind === 'approval' && leftPlan);
  return new RegExp(`Step ${number}: ${name}${met ? `|✓ ${name}: ` : ''}`);
}

interface Walker {
  readonly stage: Stage;
  readonly channel: string;
  /** The incident commander. */
  readonly lead: Person;
  readonly playbook: Playbook;
  readonly script: Script;
  /** Whether a run is under way that verifies itself. */
  ran: boolean;
  /** Whether what would have been planned was done by hand. */
  leftPlan: boolean;
}

async function rollBackFirst(stage: Stage, channel: string): Promise<void> {
  const { ben } = stage.people;
  await ben.click('Confirm rollback', { channel });
  await planRollback(stage, channel);
  await ben.click('Approve', { channel });
  await ben.sees('has recovered', { channel, timeoutMs: LONG_MS });
}

async function begin({ name, start }: Script, lead: Person, channel: string): Promise<void> {
  if (start === 'named') {
    await lead.command(channel, `/incident playbook ${name}`);
    return;
  }
  await lead.sees(`Playbook ${name}`, { channel });
  await lead.click('Start playbook', { channel });
}

async function take(walker: Walker, step: Step): Promise<void> {
  const { stage, channel, lead, playbook, script } = walker;
  const place = { channel, in: `Playbook: ${playbook.title}` };
  if (step.kind === 'operation') walker.leftPlan = script.byHand?.includes(step.id) === true;
  if (script.byHand?.includes(step.id)) {
    await lead.click('go-on-in-playbook', place);
    await lead.seesModal('Go on');
    await lead.fill('What was done, or why can it be left?', NOTE);
    await lead.submit();
    return;
  }
  switch (step.kind) {
    case 'question': {
      const chosen = script.choices?.[step.id];
      const option = step.options.find(({ id }) => id === chosen);
      expect(option !== undefined, `the script answers ${step.id}`);
      await lead.click(option.label, place);
      return;
    }
    case 'checklist': {
      const isLeft = script.leaves?.includes(step.id) === true;
      for (const { id } of isLeft ? step.items.slice(0, 1) : step.items) {
        await lead.click(`tick-playbook.${id}`, place);
      }
      if (isLeft) await lead.click('leave-in-playbook', place);
      return;
    }
    case 'operation':
      await lead.click('operate-playbook', place);
      return;
    case 'assessment':
      // The answers on the card have met it.
      return;
    case 'approval':
      if (walker.leftPlan) return;
      await stage.people.ana.click('Request approval', { channel });
      await stage.people.ben.click('Approve', { channel });
      walker.ran = true;
      return;
    case 'verification':
      if (!walker.ran) await lead.click('operate-playbook', place);
      walker.ran = false;
      return;
    case 'announcement':
      await lead.click('announce-in-playbook', place);
      await lead.seesModal('Status update');
      await lead.fill('How do things stand?', filledIn(step.template));
      await lead.submit();
      return;
    case 'monitor':
    case 'timer':
      await wait(stage, step.minutes);
      return;
    default:
      throw new Error(`The story does not know steps of kind ${step.kind}.`);
  }
}

/** Lets so many minutes pass, and what is due on the way happen on the way. */
async function wait(stage: Stage, minutes: number): Promise<void> {
  const stride = Math.max(1, Math.floor(minutes / 24));
  for (let passed = 0; passed <= minutes; passed += stride) {
    stage.clock.advance(stride * 60_000);
    await stage.workspace.settled(60);
  }
}

async function tellAfterwards(
  stage: Stage,
  lead: Person,
  channel: string,
  { title }: Playbook,
): Promise<void> {
  if (lead !== stage.people.ben) return;
  await lead.command(channel, '/postmortem');
  await lead.sees('Post-mortem of INC-0001', { channel });
  const files = lead.files(channel);
  expect(files.length > 0, 'the post-mortem is in the channel');
  for (const file of files.filter(({ name }) => /\.(md|json)$/.test(name ?? ''))) {
    expect(lead.download(file).includes(title), `${file.name} has the playbook`);
  }
}
