/** JSON Patch (RFC 6902), as far as it is used here: test, add, replace. */

export interface PatchStep {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

type Fields = Record<string, unknown>;

/** Applies the steps to a copy. @throws Error when a test fails or a path leads nowhere. */
export function applyPatch<T>(document: T, steps: readonly PatchStep[]): T {
  const copy = structuredClone(document) as Fields;
  for (const { op, path, value } of steps) {
    const keys = path
      .split('/')
      .slice(1)
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((at, key) => (at as Fields | undefined)?.[key], copy);
    if (typeof parent !== 'object' || parent === null) throw new Error(`no such path: ${path}`);
    const fields = parent as Fields;
    if (op === 'test') {
      if (JSON.stringify(fields[last]) !== JSON.stringify(value)) {
        throw new Error(`testing path ${path} failed`);
      }
    } else if (op === 'add' || (op === 'replace' && Object.hasOwn(fields, last))) {
      fields[last] = value;
    } else throw new Error(`${op} at ${path} is not possible`);
  }
  return copy as T;
}
