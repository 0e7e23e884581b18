/** What the journal itself can say to the questions that a post-mortem asks; people judge it, and add the rest. */

import type { Incident } from '../incident.ts';
import type { PlainWords } from '../timeline/plain-words.ts';
import {
  durationWords,
  inBrackets,
  listWords,
  momentWords,
  outcomeWords,
  readingsWords,
  sentence,
  severityWords,
} from '../timeline/wording.ts';
import { msOf } from './durations.ts';
import type { FollowUpFacts } from './follow-ups.ts';
import type { PlanRecord } from './plans.ts';
import { lossWords, type PutBack, putBackBy, titlesWords } from './put-back.ts';
import type { PromptId } from './questions.ts';
import type { RunRecord } from './runs.ts';

/** Sentences by question; none where the journal has nothing to say. */
export type Known = Readonly<Partial<Record<PromptId, readonly string[]>>>;

export function knownOf(incident: Incident, facts: FollowUpFacts, words: PlainWords): Known {
  return {
    impact: [...duration(facts), ...losses(facts), ...told(incident)],
    detection: [...detected(incident, words), ...watched(incident, facts)],
    'root-cause': suspects(facts),
    'went-well': wentWell(facts),
    'went-badly': wentBadly(incident, facts),
  };
}

function duration({ severities, durations }: FollowUpFacts): readonly string[] {
  const severity = severities.at(-1)?.severity;
  if (severity === undefined) return [];
  const is = severityWords(severity);
  const recovered = msOf('recover', durations);
  if (recovered !== null) {
    return [
      `${is}, for at least ${durationWords(recovered)}: from the declaration to the verified recovery.`,
    ];
  }
  const resolved = msOf('resolve', durations);
  if (resolved === null) return [];
  return [
    `${is}, for ${durationWords(resolved)} from the declaration until it was resolved; no recovery was verified.`,
  ];
}

function losses({ plans }: FollowUpFacts): readonly string[] {
  return plans
    .filter(({ kind, mayHaveLost }) => mayHaveLost && kind !== 'release')
    .map(({ id, losses }) => lossWords(id, losses));
}

function told({ updates, contactsCalled, statusPage }: Incident): readonly string[] {
  const first = updates[0];
  const notice = statusPage[0];
  const notices = statusPage.length === 1 ? 'One notice was' : `${statusPage.length} notices were`;
  const posted =
    updates.length === 1 ? 'One status update was' : `${updates.length} status updates were`;
  const since = (all: readonly unknown[], at: number): string =>
    `${all.length === 1 ? '' : 'the first '}on ${momentWords(at)}`;
  return [
    ...(first ? [`${posted} posted, ${since(updates, first.at)}.`] : []),
    ...(notice ? [`${notices} approved for people outside, ${since(statusPage, notice.at)}.`] : []),
    ...(contactsCalled
      ? [`The emergency contacts were called on ${momentWords(contactsCalled.at)}.`]
      : []),
  ];
}

function detected(incident: Incident, words: PlainWords): readonly string[] {
  const { alert, declaredAt, declaredBy, release } = incident;
  if (release) return [];
  const by = alert === undefined ? '' : ', for an alert that had come in';
  return [`${words.who(declaredBy)} declared it on ${momentWords(declaredAt)}${by}.`];
}

/** Of a release the windows are what looks for trouble. */
function watched({ release }: Incident, { monitoring }: FollowUpFacts): readonly string[] {
  const found = release ? monitoring.find(({ firstFailed }) => firstFailed) : undefined;
  if (!found?.firstFailed) return [];
  const { at, readings } = found.firstFailed;
  const when = momentWords(Date.parse(at));
  return [
    sentence(
      `The monitor window “${found.window}” showed it on ${when}: ${readingsWords(readings)}`,
    ),
  ];
}

/** What was put back before the service was healthy again is the first place to look. */
function suspects({ runs, plans }: FollowUpFacts): readonly string[] {
  return runs
    .filter(({ kind }) => ['rollback', 'mitigation', 'roll-forward'].includes(kind))
    .flatMap((run) => {
      const parts = putBackBy(run, plans);
      const title = plans.find(({ id }) => id === run.plan)?.title ?? run.plan;
      if (run.outcome === 'not-recovered') {
        if (run.kind === 'roll-forward') return [];
        const tried =
          parts.length > 0 ? parts.map(backTo) : [`run ${run.id} (${title}) was through`];
        return tried.map(
          (what) =>
            `The service did not recover although ${what}: that alone was not the cause, or what it did stayed behind.`,
        );
      }
      const isDone = run.steps.some(({ status }) => status === 'succeeded');
      if (run.outcome !== 'recovered' || !isDone) return [];
      if (run.kind === 'roll-forward') {
        return [
          `The service recovered with what was suspected back in place (run ${run.id}, ${title}): look for the cause elsewhere.`,
        ];
      }
      if (run.kind === 'mitigation') {
        return [`The service recovered after run ${run.id} (${title}), which only buys time.`];
      }
      const more = doneBesides(run, plans).map((step) => `“${step}”`);
      const besides =
        more.length > 0
          ? [`Run ${run.id} also did ${listWords(more)}: the cause may lie there as well.`]
          : [];
      return parts.length > 0
        ? [
            ...parts.map(
              (part) =>
                `The service recovered once ${backTo(part)}: look for the cause in what changed between them.`,
            ),
            ...besides,
          ]
        : [
            `The service recovered after run ${run.id} (${title}): look for the cause in what it took back.`,
          ];
    });
}

/** What the run did besides putting versions of components back: to data, content, flags. What only holds or copies something is left out. */
function doneBesides(run: RunRecord, plans: readonly PlanRecord[]): readonly string[] {
  const plan = plans.find(({ id }) => id === run.plan);
  const versioned = (plan?.components ?? []).map(({ title }) => title);
  return (plan?.steps ?? [])
    .filter(({ id, component, isHold, isCopy }) => {
      const isDone = run.steps.find((step) => step.id === id)?.status === 'succeeded';
      return isDone && !isHold && !isCopy && !versioned.includes(component);
    })
    .map(({ title }) => title);
}

function backTo({ titles, from, to }: PutBack): string {
  return `${titlesWords(titles)} ${titles.length === 1 ? 'was' : 'were'} back from ${from} to ${to}`;
}

function wentWell({ runs, monitoring, quickFixes }: FollowUpFacts): readonly string[] {
  return [
    ...runs.filter(({ outcome }) => outcome === 'recovered').map(recovered),
    ...quickFixes
      .filter(({ withinLimit }) => withinLimit === true)
      .map(({ ms, limitMs }) => {
        return `The quick fix was out after ${durationWords(ms ?? 0)}, within its ${durationWords(limitMs)}.`;
      }),
    ...monitoring
      .filter(({ result }) => result === 'passed')
      .map(({ window, rounds }) => `The monitor window “${window}” passed, in ${rounds} rounds.`),
  ];
}

function recovered(run: RunRecord): string {
  const { id, ms, expectedMs, steps } = run;
  const is = outcomeWords('recovered', run);
  if (steps.length === 0) {
    return `Run ${id} verified in ${durationWords(ms ?? 0)} that ${is}.`;
  }
  const isWhole = steps.every(({ status }) => status !== 'skipped');
  const usual =
    expectedMs > 0 && isWhole ? `; its steps usually take ${durationWords(expectedMs)}` : '';
  const smooth =
    isWhole && steps.every(({ troubles, how }) => troubles.length === 0 && how !== 'person');
  const how = smooth ? 'without a hitch ' : '';
  return `Run ${id} went through ${how}in ${durationWords(ms ?? 0)}${usual}, and the recovery was verified.`;
}

function wentBadly(incident: Incident, facts: FollowUpFacts): readonly string[] {
  const { runs, quickFixes, refusedPlans, plans, monitoring } = facts;
  return [
    ...refusedPlans.map(({ reason }) => sentence(`A plan could not be made: ${reason}`)),
    ...plans
      .filter(({ fate }) => fate === 'stale' || fate === 'expired')
      .map(({ id, fate }) =>
        fate === 'stale'
          ? `Plan ${id} went stale before it could run: what is live had changed.`
          : `The approval of plan ${id} did not come in time.`,
      ),
    ...runs
      .filter(({ outcome }) => outcome === 'not-recovered')
      .map(({ id, reason }) =>
        sentence(`Run ${id} did not bring the service back${inBrackets(reason)}`),
      ),
    ...runs.flatMap(({ steps }) =>
      steps
        .filter(({ troubles }) => troubles.length > 0)
        .map(({ title, troubles }) =>
          sentence(`“${title}” had trouble: ${troubles[0]?.reason ?? ''}`),
        ),
    ),
    ...quickFixes
      .filter(({ withinLimit, timeUpAt }) => withinLimit === false || timeUpAt !== undefined)
      .map(({ limitMs }) => `The quick fix took longer than its ${durationWords(limitMs)}.`),
    ...monitoring.flatMap(({ window, result, firstFailed }) => {
      if (result !== 'failed' && (result === 'passed' || !firstFailed)) return [];
      const first = firstFailed ? `: ${readingsWords(firstFailed.readings)}` : '';
      return [sentence(`The monitor window “${window}” did not pass${first}`)];
    }),
    ...(incident.roles.commander === undefined && !incident.release
      ? ['Nobody took command.']
      : []),
  ];
}
