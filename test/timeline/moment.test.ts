import fc from 'fast-check';
import { expect, it } from 'vitest';
import { momentOf } from '../../src/timeline/moment.ts';

it('writes each moment as ECMAScript does, whatever was written before', () => {
  const any = fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 });
  const near = fc.integer({ min: -200_000, max: 200_000 });

  fc.assert(
    fc.property(fc.array(fc.oneof(any, near)), (moments) => {
      for (const at of moments) expect(momentOf(at)).toBe(new Date(at).toISOString());
    }),
  );
});

it('refuses what is no time', () => {
  expect(() => momentOf(Number.NaN)).toThrow(RangeError);
  expect(() => momentOf(Number.POSITIVE_INFINITY)).toThrow(RangeError);
});
