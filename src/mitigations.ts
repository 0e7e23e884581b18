/** What can be done to buy time in an environment, as its components offer it. */

import type { Component, Mitigation } from './component.ts';
import { Refusal, type RefusalCode } from './errors.ts';
import type { PlanWish } from './events.ts';
import { theirWords } from './words.ts';

/** As the form allows, and the command, whose words end there. */
const VALUE_LIMIT = 200;

/** One mitigation of one component. */
export interface Offer {
  readonly name: string;
  readonly component: Component;
  readonly mitigation: Mitigation;
}

/** Everything the components offer, in their order. */
export function mitigationsOf(components: readonly Component[]): readonly Offer[] {
  return components.flatMap((component) =>
    Object.entries(component.mitigations ?? {}).map(([name, mitigation]) => ({
      name,
      component,
      mitigation,
    })),
  );
}

/** What is to be done to which components, and how much of it. */
export interface Resolved {
  readonly offers: readonly Offer[];
  readonly value: string | undefined;
}

/**
 * The mitigation of each component that is named; of the one that offers it where none is. One word that names no
 * component is the value.
 * @throws Refusal, with what there is, when nobody offers it, a component does not, several do and none is named, or a
 * value is missing or too much.
 */
export function resolveMitigation(
  components: readonly Component[],
  { name, components: named, value }: NonNullable<PlanWish['mitigate']>,
): Resolved {
  const all = mitigationsOf(components);
  const able = all.filter((offer) => offer.name === name);
  if (able.length === 0) {
    const known = [...new Set(all.map((offer) => offer.name))].join(', ') || 'nothing';
    throw refusal('not-found', `Nothing here can ${name}. What can be done: ${known}.`);
  }
  const [word] = named;
  const isComponent = components.some(({ id }) => id === word);
  const isValue =
    word !== undefined &&
    named.length === 1 &&
    value === undefined &&
    !isComponent &&
    able.some(({ mitigation }) => mitigation.value);
  const offers = offersOf(able, name, isValue ? [] : named);
  const said = isValue ? word : value;
  if (said !== undefined && said.length > VALUE_LIMIT) {
    throw refusal('invalid-input', `Keep it under ${VALUE_LIMIT} characters.`, 'value');
  }
  for (const { mitigation, component } of offers) {
    if (said === undefined && mitigation.value && !mitigation.value.optional) {
      throw refusal('invalid-input', `Say as well: ${mitigation.value.about}.`, 'value');
    }
    if (said !== undefined && !mitigation.value) {
      throw refusal(
        'invalid-input',
        `“${theirWords(said)}” means nothing to ${component.title}.`,
        'value',
      );
    }
  }
  return { offers, value: said };
}

function offersOf(
  able: readonly Offer[],
  name: string,
  named: readonly string[],
): readonly Offer[] {
  const ids = able.map(({ component }) => component.id).join(', ');
  if (named.length === 0) {
    if (able.length === 1) return able;
    throw refusal(
      'invalid-input',
      `Several can ${name}. Say which: ${ids}, or more than one with a comma between them.`,
    );
  }
  return [...new Set(named)].map((id) => {
    const offer = able.find(({ component }) => component.id === id);
    if (offer) return offer;
    throw refusal('not-found', `${id} cannot ${name}. These can: ${ids}.`);
  });
}

function refusal(code: RefusalCode, words: string, field = 'what'): Refusal {
  return new Refusal(code, words, field);
}
