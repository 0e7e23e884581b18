import type { Event } from '../events.ts';
import type { Flow } from '../loop.ts';

/** Records that the post-mortem was exported; allowed at any time. */
export function recordExport(files: readonly string[], canvas?: string): Flow {
  const data = { files, ...(canvas === undefined ? {} : { canvas }) };
  return (): readonly Event[] => [{ type: 'postmortem.exported', data }];
}

/** Records what people are called whom the journal knew by their id only; allowed at any time. */
export function recordNames(names: Readonly<Record<string, string>>): Flow {
  return (): readonly Event[] => [{ type: 'people.named', data: { names } }];
}
