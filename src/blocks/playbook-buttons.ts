/** The buttons of the step whose turn it is. */

import type { Button, KnownBlock } from '@slack/types';
import { type Incident, isOpen } from '../incident.ts';
import type { PlaybookOperation, VisibleStep } from '../playbook.ts';
import type { PlaybookProgress } from '../playbook-progress.ts';
import { canTryAgain, planningBefore, type Wait } from '../playbook-waits.ts';
import { ACTION } from './actions.ts';
import { actions, button } from './elements.ts';
import { mitigateButton } from './mitigate.ts';

/** What people can do about it now. */
export function choices(
  incident: Incident,
  progress: PlaybookProgress,
  current: VisibleStep,
  wait: Wait,
): readonly KnownBlock[] {
  const here = [incident.id, String(progress.number)];
  const ids = [...here, current.id];
  const open = isOpen(incident);
  return actions(
    ...answers(progress, current, ids),
    open ? work(incident, progress, current, wait, ids) : undefined,
    goOn(current, ids),
    button(ACTION.stopPlaybook, 'Stop playbook', here, {
      label: `Stop the playbook ${progress.playbook.title}`,
    }),
  );
}

function answers(
  { ticks }: PlaybookProgress,
  current: VisibleStep,
  ids: readonly string[],
): readonly Button[] {
  if (current.kind === 'question') {
    return current.options.map(({ id, label }) =>
      button(ACTION.answerPlaybook, label, [...ids, id], {
        choice: id,
        label: `${current.title} ${label}`,
      }),
    );
  }
  if (current.kind !== 'checklist') return [];
  return current.items
    .filter(({ id }) => !ticks[current.id]?.[id])
    .map(({ id, text }) =>
      button(ACTION.tickPlaybook, tickLabel(text), [...ids, id], {
        choice: id,
        label: `Tick: ${text}`,
      }),
    );
}

/** What stands on the button that ticks an item; a button shows no markup. */
export function tickLabel(text: string): string {
  return `☐ ${text.replaceAll('`', '')}`;
}

/** What Backstop does about the step. */
function work(
  incident: Incident,
  progress: PlaybookProgress,
  current: VisibleStep,
  wait: Wait,
  ids: readonly string[],
): Button | undefined {
  const primary = { style: 'primary' } as const;
  if (current.kind === 'announcement' && wait.for === 'people') {
    return button(ACTION.announceInPlaybook, 'Write it…', ids, primary);
  }
  if (current.kind === 'operation' && wait.for === 'people') {
    if (current.operation === 'plan-mitigation') {
      return mitigateButton(incident, current.mitigation, primary);
    }
    return button(ACTION.operatePlaybook, OPERATION_LABELS[current.operation], ids, primary);
  }
  if (wait.for !== 'another-try') return undefined;
  if (current.kind === 'approval') {
    const planned = planningBefore(progress.playbook, current);
    return planned?.operation === 'plan-mitigation'
      ? mitigateButton(incident, planned.mitigation)
      : button(ACTION.planRollback, 'Roll back…', [incident.id]);
  }
  if (!canTryAgain(current)) return undefined;
  const label = current.kind === 'monitor' ? 'Watch again' : 'Verify now';
  return button(ACTION.operatePlaybook, label, ids, primary);
}

function goOn(current: VisibleStep, ids: readonly string[]): Button | undefined {
  const label = (words: string) => ({ label: `${words}: ${current.title}` });
  switch (current.kind) {
    case 'question':
      return undefined;
    case 'checklist':
      return button(ACTION.leaveInPlaybook, 'Leave the rest', ids, label('Leave the rest'));
    case 'timer':
      return button(ACTION.leaveInPlaybook, 'Go on now', ids, label('Go on now'));
    case 'operation':
    case 'announcement':
      return button(ACTION.goOnInPlaybook, 'Done by hand…', ids, label('Done by hand'));
    case 'assessment':
    case 'approval':
    case 'verification':
    case 'monitor':
      return button(ACTION.goOnInPlaybook, 'Go on without…', ids, label('Go on without'));
  }
}

const OPERATION_LABELS: Readonly<Record<Exclude<PlaybookOperation, 'plan-mitigation'>, string>> = {
  'plan-rollback': 'Plan the rollback',
  'plan-restore': 'Plan the restore',
  'plan-full-rollback': 'Plan code and data',
  'call-contacts': 'Call the contacts',
  'start-quick-fix': 'Start the quick fix',
  mitigate: 'Decide to mitigate',
};
