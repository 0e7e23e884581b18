import { describe, expect, it } from 'vitest';
import { OutsideError, type OutsideErrorKind } from '../src/errors.ts';
import { createLog, logFailure } from '../src/log.ts';

/** What is written of a failure, without its time. */
function written(error: unknown): string {
  const lines: string[] = [];
  const log = createLog({ level: 'debug', redact: (text) => text, write: (l) => lines.push(l) });
  logFailure(log, error);
  return lines.join('').replaceAll(/^\S+ /gm, '');
}

function outside(kind: OutsideErrorKind): OutsideError {
  return new OutsideError({
    kind,
    system: 'Statuspage',
    attempted: 'open an incident',
    on: 'shop',
    next: 'See to it.',
    cause: new TypeError('fetch failed'),
  });
}

describe('what is logged of a failure', () => {
  it.each(['unavailable', 'ambiguous', 'throttled', 'busy'] as const)(
    'warns in one line that a system was %s',
    (kind) => {
      expect(written(outside(kind))).toBe(
        'warn  Statuspage could not open an incident on shop. See to it.\n',
      );
    },
  );

  it.each(['credentials', 'permission', 'rejected', 'malformed'] as const)(
    'calls %s an error, in one line',
    (kind) => {
      expect(written(outside(kind))).toBe(
        'error Statuspage could not open an incident on shop. See to it.\n',
      );
    },
  );

  it('tells anything else with its stack and causes', () => {
    const text = written(new Error('It broke.', { cause: new Error('a mistake') }));
    expect(text).toMatch(/^error Error: It broke\.\n {4} +at [^]*caused by Error: a mistake/);
  });
});
