#!/usr/bin/env node
/** The `backstop` command: parses the command line and loads only what the command needs. */

import { Command, CommanderError, Option } from 'commander';
import type { BackupOptions } from './cli/backup.ts';
import type { GlobalOptions } from './cli/context.ts';
import { EXIT } from './cli/exit-codes.ts';
import type { ExportOptions } from './cli/export.ts';
import type { InsightsOptions } from './cli/insights.ts';
import type { RollbackOptions } from './cli/rollback.ts';
import type { SandboxOptions } from './cli/sandbox.ts';
import type { TimelineOptions } from './cli/timeline.ts';
import { endUnread } from './cli/unread.ts';
import type { VerifyOptions } from './cli/verify.ts';
import { LEVELS, type Level } from './log.ts';

const ALIVE_MS = 60_000;
/** They do more than tell. */
const CARRY_OUT = ['start', 'rollback'];

const program = new Command('backstop')
  .description(
    'Incidents and rollbacks from Slack: declare, decide, roll back, verify, keep the timeline.',
  )
  .exitOverride()
  .showHelpAfterError()
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 a check failed, 2 usage, 3 configuration, 4 journal, 5 Slack or another system, 6 no such incident, 70 internal, 141 the output was closed early.',
  );

withGlobals('start', 'run the bot')
  .addOption(
    new Option('--log-level <level>', 'least severe level to log').choices(LEVELS).default('info'),
  )
  .action((options: GlobalOptions & { readonly logLevel: Level }) =>
    finish(async () => (await import('./cli/start.ts')).start(options)),
  );
withGlobals(
  'sandbox',
  'try it all in the browser: a local workspace and cloud, no account, no network',
)
  .option('--play <story>', 'play this story in the terminal instead')
  .option('--port <port>', 'where the page is served')
  .option('--host <host>', 'the name or address to serve it on; this machine only, unless given')
  .option('--list', 'list the stories, one a line')
  .option('--export <dir>', 'write the exported timeline there')
  .action((options: SandboxOptions) =>
    finish(async () => (await import('./cli/sandbox.ts')).sandbox(options)),
  );
withGlobals(
  'doctor',
  'check the configuration, tokens, scopes and integrations, by reading only',
).action((options: GlobalOptions) =>
  finish(async () => (await import('./cli/doctor.ts')).doctor(options)),
);
withGlobals('incidents', 'list the incidents').action((options: GlobalOptions) =>
  finish(async () => (await import('./cli/journal.ts')).incidents(options)),
);
withGlobals('export', 'write the post-mortem of an incident')
  .argument('<incident>', 'such as INC-0001')
  .option('--format <format>', 'md, json, csv, html, pdf, github-issue or slack-canvas', 'md')
  .option('--out <file>', 'write there instead of stdout')
  .option('--since <time>', 'the timeline from that time on, such as 14:05 or 2026-11-20 14:05')
  .option('--until <time>', 'the timeline until then')
  .option('--kinds <kinds>', 'only these kinds of timeline entries, such as decision,approval,run')
  .option('--person <names>', 'only what these people did, such as ana,Backstop')
  .option('--component <ids>', 'only what is about these components, such as web,db')
  .option('--zone <zone>', 'the time zone beside UTC, such as Europe/Berlin')
  .option('--redact <what>', 'people: call everybody by their role')
  .option('--no-events', 'JSON without the raw events that `backstop import` needs')
  .option('--repository <owner/name>', 'where the GitHub issue is opened')
  .option('--browser <path>', 'the Chromium or Chrome that prints the PDF')
  .action((id: string, options: ExportOptions) =>
    finish(async () => (await import('./cli/export.ts')).exportIncident(id, options)),
  );
withGlobals(
  'timeline',
  'list the timeline of an incident with the numbers of its entries, or correct it',
)
  .argument('<incident>', 'such as INC-0001')
  .argument(
    '[words...]',
    'hide <entry> <reason>, show <entry> <reason>, annotate <entry> <text>, correct <entry> <time> <reason> or add <time> <text>',
  )
  .option('--since <time>', 'list the timeline from then on')
  .option('--until <time>', 'list the timeline until then')
  .option('--kinds <kinds>', 'list only these kinds of entries, such as decision,approval,run')
  .option('--person <names>', 'list only what these people did')
  .option('--component <ids>', 'list only what is about these components')
  .action((id: string, words: readonly string[], options: TimelineOptions) =>
    finish(async () => (await import('./cli/timeline.ts')).timeline(id, words, options)),
  );
withGlobals('insights', 'sum up all incidents: times, rollbacks, quick fixes, deployments')
  .option('--format <format>', 'md, html or csv', 'md')
  .option('--out <file>', 'write there instead of stdout')
  .action((options: InsightsOptions) =>
    finish(async () => (await import('./cli/insights.ts')).insights(options)),
  );
withGlobals('import', 'import an incident of another journal from its JSON export')
  .argument('<file>', 'what `backstop export --format json` wrote')
  .action((file: string, options: GlobalOptions) =>
    finish(async () => (await import('./cli/import.ts')).importIncident(file, options)),
  );
withGlobals(
  'verify',
  'check that no entry of the journal was altered, removed or reordered, and that an export matches it',
)
  .option(
    '--export <file>',
    'an export to compare with the journal: Markdown, JSON, CSV, HTML or PDF',
  )
  .option('--browser <path>', 'the Chromium or Chrome that prints the pages of a PDF anew')
  .action((options: VerifyOptions) =>
    finish(async () => (await import('./cli/verify.ts')).verify(options)),
  );
withGlobals('backup', 'copy the journal while the bot runs, checked and whole')
  .argument('<file>', 'where to; a file that does not exist yet')
  .option('--replace', 'replace a file that exists')
  .action((file: string, options: BackupOptions) =>
    finish(async () => (await import('./cli/backup.ts')).backup(file, options)),
  );
withGlobals('restore', 'put a backup of the journal back; the journal that is there is set aside')
  .argument('<file>', 'what `backstop backup` wrote')
  .action((file: string, options: GlobalOptions) =>
    finish(async () => (await import('./cli/backup.ts')).restore(file, options)),
  );

withGlobals('plan', 'show the plan of a rollback, and change nothing')
  .argument('<words...>', 'service environment [version] [with component[=point],…]')
  .action((words: readonly string[], options: GlobalOptions) =>
    finish(async () => (await import('./cli/rollback.ts')).plan(words, options)),
  );
withGlobals('rollback', 'roll back from the terminal, for when Slack is down')
  .argument('<words...>', 'service environment [version] [with component[=point],…]')
  .option('--break-glass <reason>', 'approve alone, with the reason; it is announced loudly')
  .option('--yes', 'do not ask before the approval')
  .option('--dry-run', 'show the plan, and change nothing')
  .action((words: readonly string[], options: RollbackOptions) =>
    finish(async () => (await import('./cli/rollback.ts')).rollback(words, options)),
  );
withGlobals('readiness', 'check whether services could be rolled back right now, by reading only')
  .argument('[services...]', 'every service unless named')
  .action((services: readonly string[], options: GlobalOptions) =>
    finish(async () => (await import('./cli/readiness.ts')).readiness(services, options)),
  );
program
  .command('approval-code')
  .description('make an approval code, and the line for backstop.yaml')
  .argument('<name>', 'whose code it is')
  .option('--slack <member-id>', 'who that is in Slack (U…), so that nobody counts twice')
  .exitOverride()
  .action((name: string, { slack }: { readonly slack?: string }) =>
    finish(async () => (await import('./cli/approval-code.ts')).approvalCode(name, slack)),
  );

function withGlobals(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .exitOverride()
    .option('--config <file>', 'the configuration', 'backstop.yaml')
    .option('--db <file>', 'the journal, instead of the one in the configuration');
}

async function finish(work: () => Promise<number>): Promise<void> {
  // Whoever only waits, for an outage to end, would not keep the process alive: the clock's timers do not.
  const alive = setInterval(() => undefined, ALIVE_MS);
  try {
    // Before anything else is read.
    await import('./cli/code-cache.ts');
    // Before any schema is made.
    await import('./cli/plain-schemas.ts');
    process.exitCode = await work();
  } catch (error) {
    const { reportFailure } = await import('./cli/context.ts');
    process.exitCode = reportFailure(error);
  } finally {
    clearInterval(alive);
  }
}

let command = '';
program.hook('preAction', (_, action) => {
  command = action.name();
});
endUnread(() => CARRY_OUT.includes(command));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.ok : EXIT.usage;
}
