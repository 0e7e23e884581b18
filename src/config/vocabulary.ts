/** The team's own words for severities and statuses, over the usual ones. */

import { SEVERITIES } from '../assessment.ts';
import { STATUSES, type Term, USUAL, type Vocabulary } from '../vocabulary.ts';
import type { IncidentSettings } from './config.ts';

export function vocabularyOf({
  severities,
  statuses,
}: Pick<IncidentSettings, 'severities' | 'statuses'>): Vocabulary {
  return {
    severities: merged(SEVERITIES, USUAL.severities, severities),
    statuses: merged(STATUSES, USUAL.statuses, statuses),
  };
}

type Given<T extends string> = Readonly<
  Partial<Record<T, { readonly label?: string | undefined; readonly meaning?: string | undefined }>>
>;

function merged<T extends string>(
  ids: readonly T[],
  usual: Readonly<Record<T, Term>>,
  given: Given<T>,
): Readonly<Record<T, Term>> {
  const entries = ids.map((id) => {
    const { label = usual[id].label, meaning = usual[id].meaning } = given[id] ?? {};
    return [id, { label, meaning }] as const;
  });
  return Object.fromEntries(entries) as Record<T, Term>;
}
