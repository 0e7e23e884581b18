/**
 * What somebody reads at three in the morning when a system refuses: each message names the resource, the vendor's code, and the next
 * step, and holds no secret.
 */
import { describe, expect, onTestFinished, test } from 'vitest';
import { OutsideError } from '../../src/errors.ts';
import type { Intent, Operation } from '../../src/operation.ts';
import {
  awsFaults,
  azureFaults,
  type Cloud,
  contentfulFaults,
  type Fault,
  githubFaults,
} from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

const never = new AbortController().signal;

/** One way to be refused: what is done to the world or to the request, and what the message must say. */
export interface Refusal<B extends Bench> {
  readonly when: string;
  readonly open?: () => Promise<B>;
  /** In place of the answer to the change. */
  readonly fault?: Fault;
  /** Before the change. */
  readonly deny?: (bench: B) => void;
  readonly kind: OutsideError['detail']['kind'];
  /** The vendor's code and, where it has none, its status. */
  readonly code: string;
  readonly next: RegExp;
}

export interface System<B extends Bench> {
  readonly name: string;
  readonly open: () => Promise<B>;
  /** The resource, as a person knows it. */
  readonly resource: string;
  readonly refusals: readonly Refusal<B>[];
  /** Accepted, and ended badly: what makes it so, and what the run then tells. */
  readonly endsBadly?: {
    readonly open?: () => Promise<B>;
    readonly fault: Fault;
    readonly tells: RegExp;
  };
}

export function system<B extends Bench>(one: System<B>): System<Bench> {
  // Each row is only ever given the bench it opened.
  return one as unknown as System<Bench>;
}

export const status = (code: number, body: unknown): Fault => ({
  kind: 'status',
  status: code,
  body,
});
export const arm = (code: number, word: string, message: string) =>
  status(code, { error: { code: word, message } });
export const aws = (code: string, message: string) => status(400, { __type: code, message });
const gone = (what: string) =>
  arm(
    404,
    'ResourceNotFound',
    `The Resource '${what}' under resource group 'acme-production' was not found.`,
  );

/** What all of Azure Resource Manager refuses alike. */
export function azure(o: {
  readonly action: string;
  readonly on: string;
  readonly what: string;
  readonly check: RegExp;
  readonly busy: Fault;
  readonly busyCode: string;
}): readonly Refusal<Bench & { readonly cloud: Cloud }>[] {
  return [
    {
      when: 'the credentials are wrong',
      fault: azureFaults.unauthorized(),
      kind: 'credentials',
      code: '401 ExpiredAuthenticationToken',
      next: /`azure\.auth.*backstop doctor/,
    },
    {
      when: 'a permission is missing',
      deny: ({ cloud }) => cloud.azure.denied.add(o.action),
      kind: 'permission',
      code: '403 AuthorizationFailed',
      next: new RegExp(`Give Backstop's identity the action ${o.action} on ${o.on}`),
    },
    {
      when: 'the resource is gone',
      fault: gone(o.what),
      kind: 'not-found',
      code: '404 ResourceNotFound',
      next: o.check,
    },
    {
      when: 'somebody else is at it',
      fault: o.busy,
      kind: 'busy',
      code: o.busyCode,
      next: /Wait until the other operation has ended, then try again/,
    },
    {
      when: 'it is asked too often',
      fault: azureFaults.throttled(30),
      kind: 'throttled',
      code: '429 TooManyRequests',
      next: /wait 30 seconds, then try again/,
    },
    {
      when: 'it is locked',
      fault: arm(
        409,
        'ScopeLocked',
        `The scope '${o.what}' cannot perform write operation because following scope(s) are locked`,
      ),
      kind: 'rejected',
      code: '409 ScopeLocked',
      next: /somebody who may lifts it under Locks/,
    },
  ];
}

/** What GitHub refuses alike, whatever is asked: of a token, or of an app. */
export function github<B extends Bench & { readonly cloud: Cloud }>(o: {
  readonly name?: string;
  readonly open: () => Promise<B>;
  readonly permission: string;
  readonly as?: 'app';
  readonly more?: readonly Refusal<B>[];
}): System<Bench> {
  const [permission = ''] = o.permission.split('=');
  const holder = o.as ?? 'token';
  return system<B>({
    name: o.name === undefined ? 'GitHub' : `GitHub, ${o.name}`,
    open: o.open,
    resource: 'repository acme/checkout',
    refusals: [
      o.as === 'app'
        ? {
            when: 'its token was taken back',
            fault: githubFaults.badCredentials(),
            kind: 'credentials',
            code: '401',
            next: /Bad credentials.*the token of the app was taken back.*backstop doctor/,
          }
        : {
            when: 'the credentials are wrong',
            fault: githubFaults.badCredentials(),
            kind: 'credentials',
            code: '401',
            next: /Bad credentials.*`github\.token.*backstop doctor/,
          },
      {
        when: 'a permission is missing',
        deny: ({ cloud }) =>
          o.as === 'app'
            ? cloud.github.app.permissions.set(permission, 'read')
            : cloud.github.denied.add(o.permission),
        kind: 'permission',
        code: '403',
        next: new RegExp(`Give the ${holder} the permission ${o.permission} on this repository`),
      },
      {
        when: 'the resource is gone',
        fault: githubSays(404, 'Not Found'),
        kind: 'not-found',
        code: '404',
        next: /Check `repository` in backstop\.yaml/,
      },
      {
        when: 'it is asked too often',
        fault: githubFaults.secondaryLimit(60),
        kind: 'throttled',
        code: '403',
        next: new RegExp(`for each ${holder}: wait 60 seconds, then try again`),
      },
      ...(o.more ?? []),
    ],
  });
}

export const githubSays = (code: number, message: string): Fault =>
  status(code, {
    message,
    documentation_url: 'https://docs.github.com/rest',
    status: String(code),
  });

/** What Contentful refuses alike. @param permission what it names as missing; reading is not refused. */
export function contentful<B extends Bench>(o: {
  readonly name?: string;
  readonly open: () => Promise<B>;
  readonly permission: string;
  readonly more?: readonly Refusal<B>[];
  readonly endsBadly?: System<B>['endsBadly'];
}): System<Bench> {
  return system<B>({
    name: o.name === undefined ? 'Contentful' : `Contentful, ${o.name}`,
    open: o.open,
    resource: 'space shop1',
    ...(o.endsBadly ? { endsBadly: o.endsBadly } : {}),
    refusals: [
      {
        when: 'the credentials are wrong',
        fault: contentfulFaults.invalidToken(),
        kind: 'credentials',
        code: '401 AccessTokenInvalid',
        next: /`contentful\.token.*backstop doctor/,
      },
      {
        when: 'a permission is missing',
        fault: contentfulSays(403, 'AccessDenied', 'Forbidden', {
          details: { reasons: `Missing permission ${o.permission}` },
        }),
        kind: 'permission',
        code: '403 AccessDenied',
        next: /Give the token's user the rights/,
      },
      {
        when: 'the resource is gone',
        fault: contentfulSays(404, 'NotFound', 'The resource could not be found.'),
        kind: 'not-found',
        code: '404 NotFound',
        next: /Check `space`, `alias` and `editorRoles`/,
      },
      {
        when: 'it is asked too often',
        fault: contentfulFaults.rateLimited(2),
        kind: 'throttled',
        code: '429 RateLimitExceeded',
        next: /wait 2 seconds, then try again/,
      },
      ...(o.more ?? []),
    ],
  });
}

export const contentfulSays = (code: number, id: string, message: string, more = {}): Fault =>
  status(code, { sys: { type: 'Error', id }, message, requestId: 'r', ...more });

/** What AWS refuses alike. @param gone its code for a resource that is not there. */
export function amazon<B extends Bench & { readonly aws: Cloud['aws'] }>(o: {
  readonly name: string;
  readonly open: () => Promise<B>;
  readonly resource: string;
  readonly action: string;
  readonly gone: string;
  readonly more?: readonly Refusal<B>[];
  readonly endsBadly?: System<B>['endsBadly'];
}): System<Bench> {
  return system<B>({
    name: `AWS ${o.name}`,
    open: o.open,
    resource: o.resource,
    ...(o.endsBadly ? { endsBadly: o.endsBadly } : {}),
    refusals: [
      {
        when: 'the credentials are not known',
        fault: aws(
          'UnrecognizedClientException',
          'The security token included in the request is invalid.',
        ),
        kind: 'credentials',
        code: 'UnrecognizedClientException',
        next: /`aws\.credentials.*backstop doctor/,
      },
      {
        when: 'the credentials have expired',
        fault: awsFaults.expiredToken(),
        kind: 'credentials',
        code: 'ExpiredTokenException',
        next: /`aws\.credentials.*backstop doctor/,
      },
      {
        when: 'a permission is missing',
        deny: ({ aws: world }) => world.denied.add(o.action),
        kind: 'permission',
        code: 'AccessDeniedException',
        next: new RegExp(`Backstop's identity must be allowed ${o.action}`),
      },
      {
        when: 'the resource is gone',
        fault: aws(o.gone, 'It is not there.'),
        kind: 'not-found',
        code: o.gone,
        next: /Check `aws\.region` and the names/,
      },
      {
        when: 'it is asked too often',
        fault: awsFaults.throttled(),
        kind: 'throttled',
        code: 'ThrottlingException',
        next: /wait a minute, then try again/,
      },
      ...(o.more ?? []),
    ],
  });
}

/** Holds each system to its rows. */
export function tellRefusals(systems: readonly System<Bench>[]): void {
  describe.each(systems)('$name', ({ open, resource, refusals, endsBadly }) => {
    test.each(refusals)('when $when', async (refusal) => {
      const bench = await opened(refusal.open ?? open);
      const { operation, intent } = await intended(bench);
      refusal.deny?.(bench);
      if (refusal.fault) bench.faults.add({ on: bench.mutation, fault: refusal.fault });

      const error = await operation.submit(bench.input, intent, never).catch((e: unknown) => e);

      if (!(error instanceof OutsideError)) throw new Error(`It gave ${String(error)}`);
      expect(error.detail.kind).toBe(refusal.kind);
      expect(error.message).toContain(resource);
      expect(error.message).toContain(refusal.code);
      expect(error.message).toMatch(refusal.next);
      // Whatever the words of the system end with, a sentence follows them.
      expect(error.message).not.toMatch(/\.[.;]|;\.|undefined|\[object/);
      for (const secret of bench.secrets) expect(error.message).not.toContain(secret);
      expect(error.surelyNotDone).toBe(true);
    });

    test('when somebody else changes it before it is begun, what is there now is said', async () => {
      const bench = await opened(open);
      const { operation, intent } = await intended(bench);
      bench.interfere();

      const checks = await operation.preflight(bench.input, never);
      const seen = await operation.observe(bench.input, never);

      const failed = checks.filter(({ verdict }) => verdict === 'fail');
      for (const one of failed) expect(one.reason).toMatch(/\w+ \w+/);
      // What no check tells, the engine does: it sends nothing where it finds another state than the plan did.
      if (failed.length === 0) expect(seen.fingerprint).not.toBe(intent.before);
      expect(seen.note).toMatch(/\w/);
    });

    if (!endsBadly) return;

    test('when it is accepted and ends badly, the run tells why', async () => {
      const bench = await opened(endsBadly.open ?? open);
      const { operation, intent } = await intended(bench);
      bench.faults.add({ on: bench.mutation, fault: endsBadly.fault });

      const handle = await operation.submit(bench.input, intent, never);
      bench.finish();
      const progress = await operation.poll(handle, never);

      const reason: unknown = expect.stringMatching(endsBadly.tells);
      expect(progress).toMatchObject({ state: 'failed', reason });
    });
  });
}

async function opened(open: () => Promise<Bench>): Promise<Bench> {
  const bench = await open();
  onTestFinished(() => bench.close());
  return bench;
}

async function intended(bench: Bench): Promise<{ operation: Operation; intent: Intent }> {
  const operation = bench.component.operations[bench.operation];
  if (!operation) throw new Error(`no ${bench.operation}`);
  const { fingerprint: before, expected } = await operation.observe(bench.input, never);
  const at = bench.now();
  return { operation, intent: { run: 'R1', step: 's1', key: 'R1/s1/1', at, before, expected } };
}
