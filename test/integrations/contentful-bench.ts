import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Component } from '../../src/component.ts';
import { createContentfulEnvironment } from '../../src/integrations/contentful/index.ts';
import type { ContentRestorePoints } from '../../src/integrations/contentful/restore-points.ts';
import type { Json } from '../../src/operation.ts';
import type { SpaceEditor } from '../../src/sandbox/cloud/contentful/space-editor.ts';
import { type Cloud, createCloud } from '../../src/sandbox/cloud/index.ts';
import type { Bench } from './contract.ts';

export const START = Date.parse('2026-03-04T10:00:00Z');
export const HOUR_MS = 3_600_000;
/** When the restore point `backstop-2-3-1` was cloned. */
export const CLONED_AT = START - 2 * HOUR_MS;

export const EDITOR_POLICIES = [
  {
    effect: 'allow',
    actions: ['read', 'create', 'update', 'publish', 'unpublish'],
    constraint: { and: [] },
  },
  {
    effect: 'deny',
    actions: ['publish'],
    constraint: { and: [{ equals: [{ doc: 'sys.contentType.sys.id' }, 'legal'] }] },
  },
];

export interface ContentfulBench extends Bench {
  readonly component: Component & { readonly restorePoints: ContentRestorePoints };
  again(): Component & { readonly restorePoints: ContentRestorePoints };
  readonly cloud: Cloud;
  readonly space: SpaceEditor;
  /** The directory of exports. */
  readonly exports: string;
  /** Moves the world's clock. */
  pass(ms: number): void;
  with(
    settings: Readonly<Record<string, unknown>>,
  ): Component & { readonly restorePoints: ContentRestorePoints };
}

interface Play {
  readonly operation: string;
  readonly input: Json | ((bench: ContentfulBench) => Json);
  readonly mutation: string;
  readonly takesTime?: boolean;
  /** Of the component, beside the space and one role of editors. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Brings the world to where the operation can be done. */
  prepare?(space: SpaceEditor): void;
  interfere(space: SpaceEditor): void;
}

/**
 * A simulated space at ten o'clock: `release-2` is live; `backstop-2-3-1`, two hours old, is a clone of Backstop's own; an
 * editor's role that may publish all but one content type. Home was published before the clone; since then Cleo published
 * a sale and changed Home.
 */
export async function openContentfulBench(play: Play): Promise<ContentfulBench> {
  let now = START - 24 * HOUR_MS;
  const exports = mkdtempSync(join(tmpdir(), 'backstop-exports-'));
  const cloud = await createCloud({ clock: { now: () => now } });
  const { contentful } = cloud;
  const space = contentful.addSpace('shop1', 'release-2');
  fill(space);
  now = CLONED_AT;
  space.addEnvironment('backstop-2-3-1', { from: 'release-2', by: contentful.viewer.id });
  now = START - HOUR_MS;
  space.write('cleo', { id: 'home', fields: { title: { 'en-US': 'Spring sale!' } } });
  space.publish('cleo', 'home');
  space.write('cleo', { id: 'sale', contentType: 'page', fields: { title: { 'en-US': 'Sale' } } });
  space.publish('cleo', 'sale');
  now = START;
  play.prepare?.(space);

  const make = (settings: Readonly<Record<string, unknown>> = {}) =>
    createContentfulEnvironment({
      id: 'content',
      settings: { space: 'shop1', editorRoles: ['editors'], ...play.settings, ...settings },
      exports,
      connections: { contentful: { baseUrl: contentful.baseUrl, token: contentful.token } },
    });
  const bench: Omit<ContentfulBench, 'input'> = {
    cloud,
    space,
    component: make(),
    again: make,
    with: make,
    operation: play.operation,
    faults: contentful.faults,
    mutation: play.mutation,
    requests: () => contentful.requests,
    secrets: [contentful.token],
    now: () => now,
    pass: (ms) => {
      now += ms;
    },
    finish: () => {
      now += contentful.cloneMs;
    },
    takesTime: play.takesTime ?? false,
    interfere: () => play.interfere(space),
    exports,
    async close() {
      rmSync(exports, { recursive: true, force: true });
      await cloud.close();
    },
  };
  const { input } = play;
  return Object.defineProperties(bench, {
    input: { get: () => (typeof input === 'function' ? input(bench as ContentfulBench) : input) },
  }) as ContentfulBench;
}

function fill(space: SpaceEditor): void {
  space.addRole({ id: 'editors', name: 'Editors', policies: EDITOR_POLICIES });
  space.addRole({
    id: 'translators',
    name: 'Translators',
    description: 'Translate into all languages.',
    policies: [{ effect: 'allow', actions: 'all', constraint: { and: [] } }],
  });
  space.addUser({ id: 'cleo', firstName: 'Cleo', lastName: 'Diaz', role: 'editors' });
  space.addUser({ id: 'ben', firstName: 'Ben', lastName: 'Okoro', role: 'translators' });
  space.addContentType({ id: 'page', name: 'Page', displayField: 'title' });
  space.write('ben', {
    id: 'home',
    contentType: 'page',
    fields: { title: { 'en-US': 'Welcome' } },
  });
  space.publish('ben', 'home');
}

export const PLAYS = {
  repoint: {
    operation: 'repoint-alias',
    input: { environment: 'backstop-2-3-1', replaces: 'release-2' },
    mutation: 'PUT environment_alias',
    interfere(space) {
      space.addEnvironment('release-3');
      space.repoint('release-3');
    },
  },
  clone: {
    operation: 'clone-environment',
    input: { environment: 'backstop-2-4-0', name: '2.4.0' },
    mutation: 'PUT environment',
    takesTime: true,
    interfere(space) {
      space.addEnvironment('backstop-2-4-0');
      space.environment('backstop-2-4-0').status = 'failed';
    },
  },
  deletion: {
    operation: 'delete-clone',
    input: { environment: 'backstop-2-3-1', createdAt: CLONED_AT },
    mutation: 'DELETE environment',
    interfere: (space) => space.repoint('backstop-2-3-1'),
  },
  pause: {
    operation: 'pause-editors',
    input: { roles: ['editors'] },
    mutation: 'PUT role',
    interfere: half,
  },
  unpublish: {
    operation: 'revert-entries',
    input: { environment: 'release-2', entries: [{ id: 'sale', version: 2 }] },
    mutation: 'DELETE entry/published',
    interfere: (space) =>
      space.write('ben', { id: 'sale', fields: { title: { 'en-US': 'Sale, until May' } } }),
  },
} satisfies Readonly<Record<string, Play>>;

/** Somebody takes one half of a pause away, or puts it there. */
function half(space: SpaceEditor): void {
  const role = space.role('editors');
  role.description = 'Publishing is paused by Backstop while content is put back.';
  role.version += 1;
}

/** A role that another run has paused, ready to be given back. */
export const RESUME: Play = {
  operation: 'resume-editors',
  // Of a role that is configured and paused the doctor would warn.
  settings: { editorRoles: [] },
  input: { roles: ['editors'] },
  mutation: 'PUT role',
  prepare(space) {
    const denied = ['Entry', 'Asset'].map((type) => ({
      effect: 'deny',
      actions: ['publish', 'unpublish'],
      constraint: { and: [{ equals: [{ doc: 'sys.type' }, type] }] },
    }));
    half(space);
    space.setPolicies('editors', [...EDITOR_POLICIES, ...denied]);
  },
  interfere(space) {
    space.setPolicies('editors', EDITOR_POLICIES);
  },
};
