/** Answers to a command that only the person who typed it sees. */

import type { Refusal } from '../errors.ts';
import { type Incident, isOpen } from '../incident.ts';
import type { Service } from '../service.ts';
import { section } from './elements.ts';
import type { Reply } from './message.ts';
import { code, count, line, linesThatFit, ours } from './mrkdwn.ts';
import { severityLabel, statusName } from './words.ts';

export type Command = 'incident' | 'rollback' | 'postmortem';

interface Usage {
  /** The words after the command, as a person types them. */
  readonly words: string;
  readonly does: string;
  /** The word that chooses this; without it the words are an example. */
  readonly subcommand?: string;
}

const HELP: Usage = { words: 'help', does: 'shows this', subcommand: 'help' };

const USAGE: Readonly<Record<Command, readonly Usage[]>> = {
  incident: [
    { words: '', does: 'opens the form that declares an incident' },
    { words: 'checkout is failing', does: 'opens it with that title' },
    { words: 'list', does: 'lists the open incidents', subcommand: 'list' },
    { words: 'command', does: 'makes you the incident commander', subcommand: 'command' },
    { words: 'note <what happened>', does: 'adds to the timeline', subcommand: 'note' },
    { words: 'contacts', does: 'calls the emergency contacts', subcommand: 'contacts' },
    { words: 'resolve <why it is over>', does: 'resolves the incident', subcommand: 'resolve' },
    HELP,
  ],
  rollback: [
    { words: '', does: 'in an incident’s channel: plans the way back to the last good version' },
    { words: '2.3.1', does: 'in an incident’s channel: plans the way back to that version' },
    { words: 'checkout production', does: 'the same from anywhere, a version may follow' },
    { words: '… --dry-run', does: 'shows the plan to you alone, and asks for nothing' },
    { words: '… with <component>', does: 'puts that component’s newest restore point back too' },
    { words: 'readiness', does: 'tells whether services could be rolled back right now' },
    HELP,
  ],
  postmortem: [
    { words: '', does: 'in an incident’s channel: puts its timeline here as Markdown and JSON' },
    { words: 'INC-0001', does: 'the same for another incident' },
    HELP,
  ],
};

const INTRODUCTIONS: Readonly<Record<Command, string>> = {
  incident: 'Declare an incident, then run it from its channel:',
  rollback: 'Makes a plan. Nothing changes until it is approved.',
  postmortem: 'Exports the timeline of an incident, to write the post-mortem from.',
};

const LIST_ROOM = 2800;

/** What a command can do, with examples. */
export function help(command: Command): Reply {
  const lines = USAGE[command].map(({ words, does }) => `${typed(command, words)} ${does}`);
  return reply(`*/${command}* ${INTRODUCTIONS[command]}`, ...lines);
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
  const known = USAGE[command].flatMap(({ subcommand }) => subcommand ?? []);
  if (known.includes(given)) return undefined;
  return known.find((name) => distance(name, given) <= (name.length > 4 ? 2 : 1));
}

/** The open incidents, the newest first as they are given. */
export function incidentList(incidents: readonly Incident[]): Reply {
  const open = incidents.filter(isOpen);
  if (open.length === 0) {
    return reply(`No incident is open. ${typed('incident', '')} declares one.`);
  }
  const lines = open.map((incident) => {
    const severity = incident.severity ? severityLabel(incident.severity.is) : 'Not assessed';
    const channel = incident.channel ? `<#${incident.channel.id}>` : 'channel coming up';
    return `*${incident.id}* ${line(incident.title, 100)} (${severity}, ${statusName(incident.status)}) ${channel}`;
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
