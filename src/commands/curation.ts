/** The timeline, to be read and put right in Slack: *Timeline…* on the card, and `/postmortem curate`. */

import { ACTION, refOf, VIEW } from '../blocks/actions.ts';
import {
  type CurationAct,
  curationForm,
  curationList,
  type ListState,
  stateIn,
  stateRef,
} from '../blocks/curation.ts';
import { Refusal } from '../errors.ts';
import type { Curation } from '../events.ts';
import { curateTimeline } from '../flows/curate-timeline.ts';
import type { Incident } from '../incident.ts';
import { timeOf } from '../journal/exports/asked.ts';
import { CURATION_PAGE, curationPage, hasEntry, rowAt } from '../journal/exports/curation.ts';
import { type Desk, decideFor, requireIncident } from './desk.ts';
import { onClick } from './on-click.ts';
import { onSubmit } from './on-submit.ts';

/** Registers what the list and its forms do. */
export function registerCuration(desk: Desk): void {
  onClick(desk, ACTION.openTimeline, 0, ({ incident, triggerId }) =>
    openCuration(desk, incident, triggerId).then(() => undefined),
  );
  onClick(desk, ACTION.curateFilter, 4, async ({ incident, ids, view }) => {
    if (view)
      await desk.client.views.update({
        view_id: view.id,
        view: listOf(desk, incident, stateIn(ids)),
      });
  });
  onClick(desk, ACTION.curateEntry, 2, async ({ incident, ids, view, triggerId }) => {
    const [act = '', seq = ''] = ids;
    const state = stateIn((view?.metadata.ref ?? '').split(' '));
    const ref = refOf(act, seq, view?.id ?? '-', ...stateRef(state).split(' '));
    const form = curationForm(
      actIn(act),
      incident.id,
      ref,
      entryAt(desk, incident, Number(seq)),
      desk.zone,
    );
    await desk.client.views.push({ trigger_id: triggerId, view: form });
  });
  onSubmit(desk, VIEW.curateEntry, async (submission) => {
    const { fields, metadata, actor } = submission;
    const [act = '', seq = '', view = '-', ...state] = (metadata.ref ?? '').split(' ');
    const incident = requireIncident(desk, metadata.incident, actor.id);
    const curation = curationOf(actIn(act), Number(seq), fields, incident, desk.zone);
    await decideFor(
      desk,
      submission,
      incident.id,
      curateTimeline(curation, hasEntry(desk.journal, incident, curation)),
    );
    if (view === '-') return undefined;
    return async () => {
      const list = listOf(desk, incident, stateIn(state));
      await desk.client.views.update({ view_id: view, view: list }).catch(desk.onError);
    };
  });
}

/** Opens the list. */
export async function openCuration(
  desk: Desk,
  incident: Incident,
  triggerId: string,
): Promise<void> {
  const view = listOf(desk, incident, stateIn([]));
  await desk.client.views.open({ trigger_id: triggerId, view });
}

function listOf(desk: Desk, incident: Incident, state: ListState) {
  const chosen = (value: string): number | undefined =>
    /^\d+$/.test(value) ? Number(value) : undefined;
  const { filter, ...page } = curationPage(
    desk.journal,
    incident,
    {
      kind: state.kind === 'any' ? undefined : state.kind,
      person: chosen(state.person),
      component: chosen(state.component),
      page: state.page,
    },
    desk.redact,
  );
  return curationList({
    ...page,
    incident: incident.id,
    perPage: CURATION_PAGE,
    state: { ...state, page: filter.page },
  });
}

/** What an entry says, to be read above the form, and when it stands, to be put right there. */
function entryAt(desk: Desk, incident: Incident, seq: number) {
  const row = rowAt(desk.journal, incident, seq, desk.redact, desk.zone);
  return row && { words: `${row.time} UTC ${row.who}: ${row.what}`, when: row.when };
}

function curationOf(
  act: CurationAct,
  entry: number,
  { text = '', reason = '', time = '' }: Readonly<Record<string, string>>,
  incident: Incident,
  zone: string,
): Curation {
  switch (act) {
    case 'hide':
    case 'show':
      return { do: act, entry, reason };
    case 'annotate':
      return { do: act, entry, text };
    case 'correct':
      return { do: act, entry, at: timeIn(time, zone, incident), reason };
    case 'add':
      return { do: act, at: timeIn(time, zone, incident), text };
  }
}

function timeIn(said: string, zone: string, { declaredAt }: Incident): number {
  try {
    return timeOf('The time', said.trim(), zone, declaredAt);
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.code, error.message, 'time');
    throw error;
  }
}

const ACTS: readonly CurationAct[] = ['hide', 'show', 'annotate', 'correct', 'add'];

function actIn(said: string): CurationAct {
  const act = ACTS.find((known) => known === said);
  if (act) return act;
  throw new Refusal(
    'not-found',
    'That is no longer possible. Open the timeline again: `/postmortem curate`.',
  );
}
