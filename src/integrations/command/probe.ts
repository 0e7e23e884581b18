import type { Probe, Reading } from '../../component.ts';
import { messageOf } from '../../errors.ts';
import type { Verdict } from '../../operation.ts';
import type { Ingredients } from '../index.ts';
import { commandAt, isLost, shellLine } from './place.ts';
import { howItEnded, runCommand } from './run-command.ts';
import { CommandProbeSettings } from './schema.ts';

/** A probe that runs a command, such as a team's own health-check script: exit code 0 passes. */
export function createCommandProbe(from: Ingredients): Probe {
  const settings = CommandProbeSettings.parse(from.settings);
  return { name: from.id, read: (signal) => read(from.id, settings, signal) };
}

async function read(
  probe: string,
  settings: CommandProbeSettings,
  signal: AbortSignal,
): Promise<Reading> {
  const began = performance.now();
  const limitMs = settings.limitSeconds * 1000;
  const reading = (verdict: Verdict, reason: string, values: Reading['values']): Reading => ({
    probe,
    verdict,
    reason,
    values: { ...values, tookMs: Math.round(performance.now() - began) },
  });
  try {
    const [program = '', ...args] = settings.run;
    const errand = { argv: [program, ...args] as const, limitMs };
    const ended = await runCommand(await commandAt(settings, errand, signal), signal);
    const said = ended.lastLines.slice(-300);
    const how = `${shellLine([program])} ${howItEnded(ended, limitMs)}`;
    const reason = said === '' ? how : `${how}: ${said}`;
    if (ended.how === 'killed')
      return reading(ended.by === 'limit' ? 'fail' : 'unknown', reason, {});
    const lost = isLost(settings.where, ended);
    const verdict = lost ? 'unknown' : verdictOf(ended.code, settings);
    // What a check says when all is well is about the service; how its command ended says nothing more then.
    return reading(verdict, verdict === 'pass' && said !== '' ? said : reason, {
      exitCode: ended.code,
    });
  } catch (error) {
    return reading('unknown', signal.aborted ? 'was not waited for' : messageOf(error), {});
  }
}

function verdictOf(code: number, { warnOn, unknownOn }: CommandProbeSettings): Verdict {
  if (code === 0) return 'pass';
  if (warnOn.includes(code)) return 'warn';
  return unknownOn.includes(code) ? 'unknown' : 'fail';
}
