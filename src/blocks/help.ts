/** Answers to a command that only the person who typed it sees. */

import type { Refusal } from '../errors.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Service } from '../service.ts';
import { section } from './elements.ts';
import type { Reply } from './message.ts';
import { code, count, line, linesThatFit, ours } from './mrkdwn.ts';
import { severityLabel, statusName } from './words.ts';

export type Command = 'incident' | 'rollback' | 'release' | 'postmortem';

interface Usage {
  /** The words after the command, as a person types them. */
  readonly words: string;
  readonly does: string;
}

const HELP: Usage = { words: 'help', does: 'shows this' };

const USAGE: Readonly<Record<Command, readonly Usage[]>> = {
  incident: [
    { words: 'checkout is failing', does: 'opens the form; so do `private …` and `drill …`' },
    { words: 'list', does: 'lists the open ones; `subscribe` keeps you posted on a service' },
    { words: 'command', does: 'makes you the incident commander; `role` gives the other roles' },
    { words: 'status monitoring <why>', does: 'changes the status; `severity` the severity' },
    {
      words: 'update <text>',
      does: 'tells the team; `statuspage` people outside, `note` the timeline',
    },
    { words: 'task <what> @who by 14:30', does: 'adds a task; see also `tasks`, `due` and `done`' },
    { words: 'resolve <why it is over>', does: 'resolves it; see also `reopen`, `close`, `merge`' },
    { words: 'help', does: 'shows this; `help task` and so on say more' },
  ],
  rollback: [
    { words: '', does: 'in an incident’s channel: plans the way back to the last good version' },
    { words: '2.3.1', does: 'in an incident’s channel: plans the way back to that version' },
    { words: 'checkout production', does: 'the same from anywhere; a version may follow' },
    { words: 'points', does: 'lists backups and other restore points, with their age' },
    { words: 'only database', does: 'plans the restore of the newest one; `with database` too' },
    { words: 'flag new-checkout off', does: 'plans to switch a feature flag; then `on` again' },
    { words: 'do restart web', does: 'plans a mitigation; also `do scale web 6` and your own' },
    { words: 'help', does: 'shows this; `help with`, `help keep` and so on say more' },
  ],
  release: [
    { words: 'checkout 2.4.0', does: 'opens the form that announces a release' },
    { words: 'checkout 2.4.0 production', does: 'the same, for that environment' },
    HELP,
  ],
  postmortem: [
    {
      words: '',
      does: 'in an incident’s channel: puts its timeline here as Markdown, HTML and JSON',
    },
    { words: 'INC-0001', does: 'the same for another incident' },
    { words: 'curate', does: 'hides, annotates, corrects or adds entries of the timeline' },
    {
      words: '--format canvas',
      does: 'as the canvas of its channel; or `github-issue`, `md,html,json,csv`',
    },
    { words: '--since 14:05 --until 15:00', does: 'that part of the timeline' },
    {
      words: '--kinds decision,run --person @ana --component web',
      does: 'only entries of these kinds, by her, about that component; any or all of them',
    },
    {
      words: '--zone Europe/Berlin --redact people',
      does: 'times in that zone beside UTC; people named by their role',
    },
    HELP,
  ],
};

/** Every word that a command knows, each with ways to type it. */
const TOPICS: Readonly<Record<Command, Readonly<Record<string, readonly Usage[]>>>> = {
  incident: {
    declare: [{ words: 'declare note taking fails', does: 'opens the form with that title' }],
    private: [{ words: 'private <title>', does: 'declares one that only its channel can see' }],
    drill: [
      { words: 'drill <title>', does: 'practises, where an environment is meant for drills' },
    ],
    list: [{ words: 'list', does: 'lists the open incidents that you may see' }],
    command: [{ words: 'command', does: 'makes you the incident commander' }],
    role: [
      { words: 'role scribe', does: 'makes you the scribe' },
      { words: 'role comms @ana', does: 'makes Ana the communications lead' },
      { words: 'role ops @ben he knows the shop', does: 'the same for Ben, with the reason' },
    ],
    status: [
      { words: 'status investigating <why>', does: 'the cause is not known' },
      { words: 'status identified <why>', does: 'the cause is known' },
      { words: 'status monitoring <why>', does: 'it seems to be over' },
    ],
    severity: [{ words: 'severity sev2 <why>', does: 'changes the severity' }],
    update: [
      { words: 'update', does: 'opens the form for a status update' },
      { words: 'update <text>', does: 'posts one; the next is due as the severity asks for' },
    ],
    statuspage: [{ words: 'statuspage', does: 'opens the draft of what people outside are told' }],
    subscribe: [
      { words: 'subscribe', does: 'lists what you follow' },
      { words: 'subscribe checkout', does: 'tells you of its incidents in plain words' },
      { words: 'subscribe checkout #status', does: 'tells them in that channel' },
    ],
    unsubscribe: [{ words: 'unsubscribe checkout', does: 'stops it; a channel may follow' }],
    note: [
      { words: 'note <what happened>', does: 'adds to the timeline' },
      { words: 'note at 14:02 <what happened>', does: 'the same, for something earlier' },
    ],
    task: [
      { words: 'task <what>', does: 'adds a task that anybody may take' },
      {
        words: 'task <what> @ana by 14:30',
        does: 'gives it to Ana; also `in 20 min`, `by tomorrow`',
      },
      { words: 'tasks', does: 'lists them' },
      { words: 'done T1', does: 'ticks one off' },
    ],
    'follow-up': [
      { words: 'follow-up <what> @ana by 2026-12-01', does: 'adds a follow-up for afterwards' },
    ],
    tasks: [{ words: 'tasks', does: 'lists what is to be done' }],
    due: [
      {
        words: 'due T1 tomorrow 9:00',
        does: 'sets or changes its date; also `14:30`, `in 2 days`',
      },
      { words: 'due T1 none', does: 'takes the date away' },
    ],
    done: [{ words: 'done T1', does: 'ticks a task off' }],
    handover: [
      { words: 'handover', does: 'sums up where things stand' },
      { words: 'handover @ben', does: 'the same, and makes Ben the incident commander' },
    ],
    playbook: [
      { words: 'playbook', does: 'lists the playbooks' },
      { words: 'playbook data-loss', does: 'starts that one' },
      { words: 'playbook stop', does: 'ends the one at work' },
    ],
    contacts: [{ words: 'contacts', does: 'calls the emergency contacts' }],
    merge: [{ words: 'merge INC-0002', does: 'closes INC-0002 as a duplicate of this incident' }],
    resolve: [{ words: 'resolve <why it is over>', does: 'resolves the incident' }],
    reopen: [{ words: 'reopen <what is back>', does: 'reopens a resolved incident' }],
    close: [
      { words: 'close', does: 'closes it once the post-mortem and its follow-ups are agreed' },
      { words: 'close <why>', does: 'closes it anyway, with the reason' },
    ],
    help: [HELP],
  },
  rollback: {
    readiness: [{ words: 'readiness', does: 'shows whether services could be rolled back now' }],
    points: [
      { words: 'points', does: 'lists the restore points here, newest first, with their age' },
      { words: 'points checkout production', does: 'the same from anywhere' },
    ],
    with: [
      { words: 'with content', does: 'puts content back too, to its newest restore point' },
      { words: 'with database=shop.dump', does: 'the same with a restore point that you name' },
      { words: 'with new-checkout=off', does: 'switches that flag first' },
    ],
    only: [
      { words: 'only database', does: 'puts the newest restore point back, and no code' },
      { words: 'only database=shop.dump', does: 'the one that you name; `points` lists them' },
    ],
    code: [{ words: 'code only', does: 'behind a release: leaves its content as it is' }],
    keep: [
      {
        words: 'keep schema because <why>',
        does: 'leaves migrations that the older code does not know, if it can run with them',
      },
    ],
    flag: [{ words: 'flag new-checkout off', does: 'switches a feature flag; then `on` again' }],
    do: [
      { words: 'do restart web', does: 'restarts it; `web,worker` both' },
      { words: 'do scale web 6', does: 'scales it; also `+2` and `-1`' },
      { words: 'do purge-cache', does: 'runs a command that backstop.yaml offers as a mitigation' },
    ],
    revert: [{ words: 'revert <commit>', does: 'reverts a merge by a pull request' }],
    reset: [
      {
        words: 'reset <commit> because <why>',
        does: 'moves the branch back by force: the last resort, for the commander alone',
      },
    ],
    help: [HELP],
  },
  release: { help: [HELP] },
  postmortem: { help: [HELP] },
};

const INTRODUCTIONS: Readonly<Record<Command, string>> = {
  incident: 'Declare an incident, then run it from its channel with the words from `command` on.',
  rollback: 'Makes a plan. Nothing changes until it is approved.',
  release: 'Announces a release, captures what a rollback needs, and watches it.',
  postmortem: 'Exports the timeline of an incident, to write the post-mortem from.',
};

const LIST_ROOM = 2800;

/** What a command can do, with examples; everything about one of its words, where one is named. */
export function help(command: Command, word = ''): Reply {
  const topics = TOPICS[command];
  const asked = word.trim().toLowerCase();
  const topic = Object.hasOwn(topics, asked) ? topics[asked] : undefined;
  const lines = (usage: readonly Usage[]): readonly string[] =>
    usage.map(({ words, does }) => `${typed(command, words)} ${does}`);
  if (topic) return reply(...lines(topic));
  return reply(`*/${command}* ${INTRODUCTIONS[command]}`, ...lines(USAGE[command]));
}

/** That a word after a command means nothing, and what was perhaps meant. */
export function unknownSubcommand(command: Command, word: string): Reply {
  const meant = didYouMean(command, word);
  const suggestion = meant
    ? `Did you mean ${typed(command, meant)}?`
    : `${typed(command, 'help')} shows what it can do.`;
  return reply(`/${command} does not know “${line(word, 60)}”. ${suggestion}`);
}

/** The subcommand that a word almost spells, as in `reslove`; undefined when it spells one exactly, or none. */
export function didYouMean(command: Command, word: string): string | undefined {
  const given = word.trim().toLowerCase();
  const known = Object.keys(TOPICS[command]);
  if (known.includes(given)) return undefined;
  return known.find((name) => distance(name, given) <= (name.length > 4 ? 2 : 1));
}

/** The open incidents, the newest first as they are given. */
export function incidentList(incidents: readonly Incident[]): Reply {
  const open = incidents.filter((incident) => isOpen(incident) && !incident.release);
  if (open.length === 0) {
    return reply(`No incident is open. ${typed('incident', '')} declares one.`);
  }
  const lines = open.map((incident) => {
    const severity = incident.severity ? severityLabel(incident.severity.is) : 'Not assessed';
    const channel = incident.channel ? `<#${incident.channel.id}>` : 'channel coming up';
    const kind = `${incident.drill ? 'DRILL ' : ''}${incident.private ? 'private ' : ''}`;
    return `${kind}*${incident.id}* ${line(incident.title, 100)} (${severity}, ${statusName(incident.status)}) ${channel}`;
  });
  const heading = `*${count(open.length, 'open incident')}*`;
  return reply(heading, linesThatFit(lines, LIST_ROOM));
}

/** That there is no such service or environment, and which there are. `word` is what was typed, if anything. */
export function unknownService(word: string | undefined, services: readonly Service[]): Reply {
  const lines = services.map(
    ({ id, environments }) =>
      `${code(id)}: ${Object.keys(environments)
        .map((name) => code(name))
        .join(', ')}`,
  );
  const first = word
    ? `There is no service or environment “${line(word, 80)}”.`
    : 'Say which service and environment.';
  const example = exampleOf(services);
  return reply(`${first} These are known:`, linesThatFit(lines, LIST_ROOM), example);
}

/** Why something was not done, as the flow that refused it says; nothing was changed. */
export function refusalMessage(refusal: Refusal): Reply {
  return reply(ours(refusal.message, LIST_ROOM));
}

function typed(command: Command, words: string): string {
  return code(`/${command}${words ? ` ${words}` : ''}`);
}

function exampleOf(services: readonly Service[]): string {
  const service = services[0];
  const environment = service && Object.keys(service.environments)[0];
  return environment ? `For example ${typed('rollback', `${service.id} ${environment}`)}` : '';
}

function reply(...lines: readonly string[]): Reply {
  const text = lines.filter((part) => part !== '').join('\n');
  return { text, blocks: [section(text)] };
}

/** How many letters have to be put in, taken out or changed to make one word of the other. */
function distance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [row, letter] of Array.from(a).entries()) {
    const current = [row + 1];
    for (const [column, other] of Array.from(b).entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1);
      current.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1));
    }
    above = current;
  }
  return above[b.length] ?? 0;
}
