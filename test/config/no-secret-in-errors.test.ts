import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigError } from '../../src/errors.ts';
import { ENV, read, VALID } from './a-config.ts';

/** Unlike anything that the messages themselves say. */
const secret = fc
  .array(fc.constantFrom(...'abcXYZ0189-_.~+/=:!?#%& "\'\\äß'.split('')), {
    minLength: 8,
    maxLength: 40,
  })
  .map((chars) => `s3${chars.join('')}q`);

/** The lines of VALID with a secret, each up to the secret. */
const PLACES = [
  { reference: 'env:BOT', starts: ['xoxb-', ''] },
  { reference: 'env:APP', starts: ['xapp-', ''] },
  { reference: 'env:AZURE', starts: [''] },
  { reference: 'env:GITHUB', starts: [''] },
] as const;

/** What people do to a file: drop, repeat, misspell or cut a line, or break what stands there. */
const damage = fc.record({
  at: fc.nat({ max: VALID.split('\n').length - 1 }),
  how: fc.constantFrom(
    'drop',
    'repeat',
    'misspell',
    'cut',
    'indent',
    'unquote',
    'to list',
    'to null',
  ),
});
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

function damaged(text: string, { at, how }: Damage): string {
  const lines = text.split('\n');
  const line = lines[at % lines.length] ?? '';
  const changes: Readonly<Record<Damage['how'], readonly string[]>> = {
    drop: [],
    repeat: [line, line],
    misspell: [line.replace(/(\w)(\w)(\w*):/, '$2$1$3:')],
    cut: [line.slice(0, Math.floor(line.length * 0.8))],
    indent: [` ${line}`],
    unquote: [line.replace(/"/, '')],
    'to list': [line.replace(/: (.+)$/, ': [$1]')],
    'to null': [line.replace(/: .+$/, ':')],
  };
  lines.splice(at % lines.length, 1, ...changes[how]);
  return lines.join('\n');
}

function errorOf(text: string, env: Readonly<Record<string, string>>): string {
  try {
    read(text, env);
    return '';
  } catch (error) {
    if (error instanceof ConfigError) return `${error.stack}\n${JSON.stringify(error.problems)}`;
    throw error;
  }
}

describe('the text of a ConfigError', () => {
  it('contains no secret that stands in the file, however broken the file is', () => {
    let failures = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...PLACES),
        fc.nat(),
        secret,
        fc.array(damage, { minLength: 1, maxLength: 3 }),
        ({ reference, starts }, which, value, damages) => {
          const whole = `${starts[which % starts.length] ?? ''}${value}`;
          // JSON texts are YAML in quotes; the other form is what people write.
          const written =
            which % 2 === 0 ? JSON.stringify(whole) : stringify(whole, { lineWidth: 0 }).trim();
          const text = damages.reduce(
            damaged,
            VALID.replace(reference, () => written),
          );

          const said = errorOf(text, ENV);

          failures += said === '' ? 0 : 1;
          expect(said).not.toContain(value);
          expect(said).not.toContain(JSON.stringify(value).slice(1, -1));
        },
      ),
      { numRuns: 300 },
    );
    expect(failures).toBeGreaterThan(150);
  });

  it('contains nothing that a reference gave, wherever it is used', () => {
    const leaves = [
      'socket',
      'env:BOT',
      'C0123456789',
      'shop-checkout',
      'U0000000ANA',
      'http,',
      'env:AZURE',
    ];
    let failures = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...leaves),
        secret,
        fc.array(damage, { maxLength: 2 }),
        (leaf, value, damages) => {
          const reference = leaf === 'http,' ? 'env:PLANTED,' : 'env:PLANTED';
          const text = damages.reduce(damaged, VALID.replace(leaf, reference));

          const said = errorOf(text, { ...ENV, PLANTED: value });

          failures += said === '' ? 0 : 1;
          expect(said).not.toContain(value);
        },
      ),
      { numRuns: 200 },
    );
    expect(failures).toBeGreaterThan(100);
  });
});
