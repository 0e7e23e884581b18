/** Whether a command looks as if it put data back or did to a database whatever it is told, by what is called in it. */

import { simpleCommands } from './simple-commands.ts';

/** Guide 002 restores MySQL by its client. */
const CLIENT = /^(psql|mysql|mariadb|mongosh|mongo)$/;
const RESTORE = /restore|roll-?_?back/i;
const SHELL = /^(ba|da|z|k|a)?sh$/;

/** How a program is told what to start. */
interface Starter {
  /** Letters of the options whose value is a word of its own. */
  readonly valued?: string;
  /** How many words come before the program: a user, a host, a lock. */
  readonly before?: number;
  /** Letter of the option that is followed by a text for a shell. */
  readonly text?: string;
}

/** They start what they are given, as somebody else or with other surroundings. */
const STARTERS: Readonly<Record<string, Starter>> = {
  sudo: { valued: 'CDghpRrTtUu' },
  doas: { valued: 'Cu' },
  su: { valued: 'Ggsw', before: 1, text: 'c' },
  runuser: { valued: 'Ggsw', before: 1, text: 'c' },
  pkexec: {},
  gosu: { before: 1 },
  env: { valued: 'Cu', text: 'S' },
  nice: { valued: 'n' },
  ionice: { valued: 'cn' },
  timeout: { valued: 'ks', before: 1 },
  setsid: {},
  nohup: {},
  stdbuf: { valued: 'eio' },
  chroot: { before: 1 },
  nsenter: { valued: 'GSt' },
  'systemd-run': { valued: 'EHMpu' },
  flock: { valued: 'Ew', before: 1, text: 'c' },
  xargs: { valued: 'adEILnPs' },
  time: { valued: 'fo' },
  busybox: {},
  ssh: { valued: 'BbcDEeFIiJLlmOoPpQRSWw', before: 1 },
};
/** They start what follows `exec` or `run` and the name of a container. */
const CONTAINERS = /^(docker|docker-compose|podman|nerdctl|crictl|kubectl|oc|lxc)$/;
const IN_CONTAINER: Starter = { valued: 'acefhlmnpuvw', before: 1 };
/** With them the program stands after `--`. */
const AFTER_DASHES = /^(kubectl|oc|lxc)$/;
/** Options of all of them whose value is a word of its own. */
const VALUED =
  /^--(user|group|chdir|host|prompt|unset|signal|kill-after|adjustment|class|unit|property|uid|gid|slice|description|setenv|working-directory|target|namespace|container|context|kubeconfig|image|index|name|network|volume|mount|env|env-file|workdir|entrypoint|label|publish|hostname|memory|cpus|add-host|platform)$/;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;

/** True where somebody has to say what it touches before it is taken. Fails to see what hides behind a name of its own. */
export function mayRestore(run: readonly string[]): boolean {
  return run.some(namesRestore) || startsClient(run);
}

function namesRestore(argument: string): boolean {
  return argument.split(/[\s;|&()<>"'`=]+/).some((word) => RESTORE.test(baseOf(word)));
}

/** Whether the program that it starts is such a client, or starts one in turn: not what only is an argument, such as the name of a service. */
function startsClient(words: readonly string[]): boolean {
  const start = words.findIndex((word) => !ASSIGNMENT.test(word));
  const [first, ...args] = start === -1 ? [] : words.slice(start);
  if (first === undefined) return false;
  const program = baseOf(first);
  if (CLIENT.test(program)) return true;
  if (SHELL.test(program)) return shellStarts(args);
  if (CONTAINERS.test(program)) return containerStarts(program, args);
  const starter = starterOf(program, args);
  if (!starter) return false;
  const { rest, texts } = started(args, starter);
  // The other end of ssh has a shell read all of it.
  const all = program === 'ssh' ? [...texts, rest.join(' ')] : texts;
  return startsClient(rest) || all.some(textStarts);
}

/** `runuser` is told like `sudo` where it is told the user by an option, and else like `su`. */
function starterOf(program: string, args: readonly string[]): Starter | undefined {
  const isTold = program === 'runuser' && args.some((each) => /^(-u|--user)/.test(each));
  const name = isTold ? 'sudo' : program;
  return Object.hasOwn(STARTERS, name) ? STARTERS[name] : undefined;
}

function textStarts(text: string): boolean {
  return simpleCommands(text).some(startsClient);
}

/** `sh -c text`, also among other options: `-lc`. Else it reads a script. */
function shellStarts(args: readonly string[]): boolean {
  const isScript = (each: string, at: number) =>
    !/^[-+]/.test(each) && !/^[-+]\w*o$/.test(args[at - 1] ?? '');
  const first = args.findIndex(isScript);
  const options = first === -1 ? [] : args.slice(0, first);
  const rest = first === -1 ? [] : args.slice(first);
  const isText = options.some((each) => /^[-+]\w*c\w*$/.test(each));
  return isText ? textStarts(rest[0] ?? '') : startsClient(rest);
}

function containerStarts(program: string, args: readonly string[]): boolean {
  const at = args.findIndex((each) => /^(exec|run|rsh)$/.test(each));
  if (at === -1) return false;
  const given = args.slice(at + 1);
  const dashes = AFTER_DASHES.test(program) ? given.indexOf('--') : -1;
  if (dashes !== -1) return startsClient(given.slice(dashes + 1));
  const entry = given.findIndex((each) => /^--entrypoint(=|$)/.test(each));
  const named = entry === -1 ? '' : (given[entry]?.split('=')[1] ?? given[entry + 1] ?? '');
  return startsClient([named]) || startsClient(started(given, IN_CONTAINER).rest);
}

/** What is left when the starter's own options and words are taken off, and the texts among its options. */
function started(
  args: readonly string[],
  { valued = '', before = 0, text = '' }: Starter,
): { readonly rest: readonly string[]; readonly texts: readonly string[] } {
  const texts: string[] = [];
  let left = before;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? '';
    if (isOption(word)) {
      if (endsWith(word, text)) texts.push(args[at + 1] ?? '');
      if (endsWith(word, text) || VALUED.test(word) || endsWith(word, valued)) at += 1;
    } else if (!ASSIGNMENT.test(word)) {
      if (left === 0) break;
      left -= 1;
    }
  }
  return { rest: args.slice(at), texts };
}

function isOption(word: string): boolean {
  return word.startsWith('-');
}

/** Whether the last letter of an option such as `-nu` is the first of them that takes a value. */
function endsWith(option: string, letters: string): boolean {
  const at = Array.from(option).findIndex((each, index) => index > 0 && letters.includes(each));
  return !option.startsWith('--') && at !== -1 && at === option.length - 1;
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
