import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';

/**
 * Records that the post-mortem was exported; allowed at any time.
 * @param place where people go on with it: the id of a canvas, or the address of an issue.
 */
export function recordExport(
  files: readonly string[],
  place: { readonly canvas?: string; readonly issue?: string } = {},
): Flow {
  return (): readonly Event[] => [{ type: 'postmortem.exported', data: { files, ...place } }];
}

/** Records what people are called whom the journal knew by their id only; allowed at any time. */
export function recordNames(names: Readonly<Record<string, string>>): Flow {
  return (): readonly Event[] => [{ type: 'people.named', data: { names } }];
}
