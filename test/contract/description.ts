/** The vendors' published descriptions, as `scripts/extract-descriptions.mjs` took them. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export type Schema = Readonly<Record<string, unknown>>;

export interface DescribedOperation {
  /** As the vendor names it: `repos/get`, `CodeDeploy_20141006.StopDeployment`. */
  readonly id: string;
  readonly method: string;
  /** `/repos/{owner}/{repo}` */
  readonly path: string;
  /** What `x-amz-target` names, where all operations share a path. */
  readonly target?: string;
  readonly query: Schema;
  readonly headers?: Schema;
  readonly body?: Schema;
  readonly bodyRequired?: boolean;
  /** By status, `4XX`, or `default`; null where nothing but the status is answered. */
  readonly answers: Readonly<Record<string, Schema | null>>;
}

interface Description {
  /** The day it was taken from its sources. */
  readonly taken: string;
  readonly sources: readonly {
    readonly package: string;
    readonly version: string;
    readonly licence: string;
  }[];
  readonly operations: readonly DescribedOperation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

export const VENDORS = [
  'aws',
  'azure',
  'contentful',
  'github',
  'heroku',
  'kubernetes',
  'launchdarkly',
  'statuspage',
  'unleash',
  'vercel',
] as const;
export type Vendor = (typeof VENDORS)[number];

/** Reads one; each is a hundred kilobytes, so only those that are asked for are read. */
export function descriptionOf(vendor: Vendor): Description {
  const file = fileURLToPath(new URL(`./descriptions/${vendor}.json`, import.meta.url));
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Finds what a request asks for; where several paths fit, the one with the fewest placeholders. */
export function operationFinder(
  operations: readonly DescribedOperation[],
): (method: string, path: string, target: string | undefined) => DescribedOperation | undefined {
  const placeholders = (one: DescribedOperation) => one.path.split('{').length;
  const patterns = [...operations]
    .sort((a, b) => placeholders(a) - placeholders(b))
    .map((operation) => ({
      operation,
      // Azure does not mind how a path is written; for the others it makes no odds.
      pattern: new RegExp(
        `^${operation.path
          // What is asked of any resource begins with that resource's own path.
          .replace(/^\/\{resourceUri\}/, '/.+')
          .replace(/\{\w+\}/g, '[^/]+')
          .replace(/\/$/, '')}/?$`,
        'i',
      ),
    }));
  return (method, path, target) =>
    patterns.find(
      ({ operation, pattern }) =>
        operation.method === method && operation.target === target && pattern.test(path),
    )?.operation;
}
