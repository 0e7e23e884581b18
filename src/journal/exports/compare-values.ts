/** Where two JSON values differ, in words. */

/** More than these nobody reads. */
const MOST = 20;

/** Each place in which `said` is not `kept`, with both; the first twenty. */
export function differences(said: unknown, kept: unknown): readonly string[] {
  const found: string[] = [];
  compare(said, kept, '', found);
  const rest = found.length - MOST;
  return rest > 0 ? [...found.slice(0, MOST), `${rest} more places differ.`] : found;
}

function compare(said: unknown, kept: unknown, path: string, found: string[]): void {
  if (Array.isArray(said) && Array.isArray(kept)) {
    for (let index = 0; index < Math.max(said.length, kept.length); index += 1) {
      compare(said[index], kept[index], `${path}[${index}]`, found);
    }
    return;
  }
  if (isRecord(said) && isRecord(kept)) {
    for (const key of new Set([...Object.keys(kept), ...Object.keys(said)])) {
      compare(said[key], kept[key], path === '' ? key : `${path}.${key}`, found);
    }
    return;
  }
  if (Object.is(said, kept)) return;
  if (kept === undefined) found.push(`${path} is not in the journal: ${shown(said)}.`);
  else if (said === undefined) found.push(`${path} is missing: the journal has ${shown(kept)}.`);
  else found.push(`${path} says ${shown(said)}, the journal ${shown(kept)}.`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
