import type { Event } from '../events.ts';
import { proposalOf } from '../incident.ts';
import type { Flow } from '../loop.ts';
import { isUnderWay } from '../run.ts';
import { cancelForUndo } from './run-steps.ts';

/**
 * When one step of a group has failed for good and others of it were carried out, the run is called off and what it did
 * is taken back: web app and worker stand or fall together (guide 000). It is part of what was approved. Nothing happens
 * while a step is under way, or when nobody can tell what became of the failed one; then a person decides.
 */
export function fallTogether(runId: string): Flow {
  return (incident): readonly Event[] => {
    const run = incident.runs.find(({ id }) => id === runId);
    const steps = run && proposalOf(incident, run.plan)?.plan.steps;
    if (!steps || run.status !== 'halted' || run.kind === 'undo') return [];
    const failed = steps.find(({ id }) => id === run.halt?.step);
    if (!failed?.group || run.steps[failed.id]?.intent !== undefined) return [];
    const others = steps.filter(({ id, group }) => group === failed.group && id !== failed.id);
    const states = others.map(({ id }) => run.steps[id]);
    if (states.some((state) => state && isUnderWay(state))) return [];
    const acted = states.some((state) => state?.how === 'applied' || state?.how === 'observed');
    if (!acted) return [];
    const reason = `${failed.title} failed, so what was done with it is put back.`;
    return cancelForUndo(incident, run, reason);
  };
}
