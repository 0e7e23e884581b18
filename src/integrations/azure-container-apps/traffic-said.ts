/** How traffic is to be shared, in the words that people say. */

import type { Mitigation } from '../../component.ts';
import { Refusal } from '../../errors.ts';
import type { Arm } from './client.ts';
import { type App, readApp, usesTraffic } from './revisions.ts';
import { type Rule, rulesOf, SET_TRAFFIC } from './set-traffic.ts';

const ABOUT =
  'each revision, release or label with its share of 100, such as 2.3.1=80,2.4.0=20; newest is whatever is deployed last';
const NEWEST = 'newest';

/** Shares the traffic among revisions; offered by every container app, and refused where it has no traffic to share. */
export function trafficMitigation(arm: Arm): Mitigation {
  const { app: name } = arm.settings;
  return {
    title: `Share the traffic of container app ${name}`,
    value: { about: ABOUT },
    async call({ value }, signal) {
      const app = await readApp(arm, signal);
      if (app.mode !== 'multiple' || !usesTraffic(app)) {
        const words = `${name} shares no traffic among revisions: that takes ingress and multiple revision mode.`;
        throw new Refusal('not-possible', words, 'what');
      }
      const to = sharesSaid(value ?? '', app, name);
      return { operation: SET_TRAFFIC, input: { to, from: rulesOf(app) } };
    },
  };
}

/** Reads `2.3.1=80,newest=20`; what has a label and is not named keeps it, without traffic. @throws Refusal */
export function sharesSaid(said: string, app: App, name: string): readonly Rule[] {
  const rules = rulesOf(app);
  const labelOf = (revision: string | null): string | null =>
    rules.find((one) => one.revision === revision)?.label ?? null;
  const named = said.split(',').map((part): Rule => {
    const [, word = '', share = ''] = /^([^=]+)=(\d{1,3})%?$/.exec(part.trim()) ?? [];
    if (word === '') throw wrong(`Say ${ABOUT}; not “${said.slice(0, 100)}”.`);
    const revision = word === NEWEST ? null : revisionCalled(word, app, name);
    return { revision, weight: Number(share), label: labelOf(revision) };
  });
  if (new Set(named.map(({ revision }) => revision)).size < named.length) {
    throw wrong(`A revision is named twice in “${said.slice(0, 100)}”.`);
  }
  const sum = named.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100) throw wrong(`The shares come to ${sum}, not to 100.`);
  const others = rules.filter(
    ({ revision, label }) => label !== null && !named.some((one) => one.revision === revision),
  );
  return [...named, ...others.map((one) => ({ ...one, weight: 0 }))];
}

/** By its name, the end of its name, its label of traffic, or its release: the newest active one of it. */
function revisionCalled(word: string, app: App, name: string): string {
  const labelled = app.traffic?.find(({ label }) => label === word)?.revision;
  const found =
    app.revisions.find((one) => one.name === word || one.name === `${name}--${word}`)?.name ??
    labelled ??
    app.revisions.find((one) => one.isActive && one.label === word)?.name;
  if (found !== undefined) return found;
  const known = app.revisions
    .filter((one) => one.isActive)
    .map((one) => `${one.label} (${one.name})`)
    .join(', ');
  throw wrong(`${name} has no active revision ${word}. There are: ${known || 'none'}.`);
}

function wrong(words: string): Refusal {
  return new Refusal('invalid-input', words, 'value');
}
