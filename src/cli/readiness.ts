import { checkReadiness } from '../engine/check-readiness.ts';
import { createPlanner } from '../engine/planner.ts';
import { createCatalogue } from '../integrations/catalogue.ts';
import type { Verdict } from '../operation.ts';
import { worstOf } from '../readiness.ts';
import { createRedactor } from '../redact.ts';
import { duration } from '../words.ts';
import { configFrom, type GlobalOptions } from './context.ts';
import { EXIT } from './exit-codes.ts';

const LIMIT_MS = 120_000;
const SIGNS: Readonly<Record<Verdict, string>> = {
  pass: 'ok  ',
  warn: 'warn',
  fail: 'FAIL',
  unknown: '?   ',
};

/** Prints for each service and environment whether it could be rolled back now. Exit code 1 when one could not. */
export async function readiness(
  services: readonly string[],
  options: GlobalOptions,
): Promise<number> {
  const config = configFrom(options);
  const catalogue = createCatalogue(config);
  const planner = createPlanner(catalogue, () => []);
  const places = catalogue
    .services()
    .filter(({ id }) => services.length === 0 || services.includes(id))
    .flatMap(({ id, environments }) =>
      Object.keys(environments).map((name) => [id, name] as const),
    );
  const signal = AbortSignal.timeout(LIMIT_MS);
  const all = await Promise.all(
    places.map(([service, environment]) =>
      checkReadiness({ catalogue, planner, now: Date.now }, service, environment, signal),
    ),
  );
  const lines = all.flatMap((each) => [
    `${each.service} ${each.environment}: ${each.expectedMs === undefined ? 'no plan can be made' : `about ${duration(each.expectedMs)}`}`,
    ...each.findings.map(
      ({ verdict, what, reason, next }) =>
        `  ${SIGNS[verdict]} ${what}: ${reason}${next ? ` ${next}` : ''}`,
    ),
  ]);
  process.stdout.write(createRedactor(config.secrets)(`${lines.join('\n')}\n`));
  return all.some((each) => worstOf(each) === 'fail') ? EXIT.failed : EXIT.ok;
}
