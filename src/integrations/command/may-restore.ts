/** Whether a command looks as if it put data back or did to a database whatever it is told, by what is called in it. */

/** Guide 002 restores MySQL by its client. */
const CLIENT = /^(psql|mysql|mariadb|mongosh|mongo)$/;
const RESTORE = /restore|roll-?_?back/i;
const SHELL = /^(ba|da|z|k|a)?sh$/;
/** They start what they are given, as somebody else or with other surroundings. */
const STARTER =
  /^(sudo|doas|su|runuser|gosu|env|nice|ionice|timeout|setsid|nohup|stdbuf|chroot|flock|xargs|time|ssh)$/;
/** They start what follows `exec` or `run` and the name of a container. */
const CONTAINERS = /^(docker|podman|nerdctl|kubectl)$/;
/** What divides words in the text that a shell is told. */
const DIVIDERS = /[\s;|&()<>"'`]+/;

/** True where somebody has to say what it touches before it is taken. Fails to see what hides behind a name of its own. */
export function mayRestore(run: readonly string[]): boolean {
  if (run.some(namesRestore)) return true;
  const [program = '', ...args] = run;
  return [program, ...startedBy(baseOf(program), args)].some((each) => CLIENT.test(baseOf(each)));
}

function namesRestore(argument: string): boolean {
  return argument.split(/[\s;|&()<>"'`=]+/).some((word) => RESTORE.test(baseOf(word)));
}

/** The words among the arguments that may be programs. */
function startedBy(program: string, args: readonly string[]): readonly string[] {
  if (SHELL.test(program)) return args.flatMap((each) => each.split(DIVIDERS));
  if (STARTER.test(program)) return withoutUsers(args).flatMap((each) => each.split(DIVIDERS));
  if (!CONTAINERS.test(program)) return [];
  const at = args.findIndex((each) => each === 'exec' || each === 'run');
  if (at === -1) return [];
  const given = withoutUsers(args.slice(at + 1));
  const container = given.findIndex((each) => !each.startsWith('-'));
  return given.slice(container + 1).flatMap((each) => each.split(DIVIDERS));
}

/** A user may be called as a program is: `sudo -u mysql`. */
function withoutUsers(args: readonly string[]): readonly string[] {
  return args.filter((_each, index) => !/^(-u|-g|--user|--group)$/.test(args[index - 1] ?? ''));
}

function baseOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
