import type { Agenda } from '../agenda.ts';
import type { Answer, Call, Route } from '../http.ts';
import { notFound, unknownEnvironment } from './errors.ts';
import { type Editor, type Environment, environmentOf, type Fields, type Space } from './world.ts';

/** What the routes read and change. */
export interface ContentfulWorld {
  readonly spaces: readonly Space[];
  readonly agenda: Agenda;
  /** Whose token it is. */
  readonly viewer: Editor;
  /** How long a clone takes, in milliseconds of the cloud's clock. */
  cloneMs(): number;
  /** How much later than it says a clone's content can be read. */
  settleMs(): number;
  /** How many environments the plan allows in a space. */
  environmentLimit(): number;
}

type Head = Pick<Route, 'call' | 'path' | 'mutates' | 'needs'>;

/** Makes routes under `/spaces/{space}`; 404 for a space that is not there. */
export function createSpaceRoutes(world: ContentfulWorld) {
  return (head: Head, handle: (call: Call, space: Space) => Answer): Route => ({
    ...head,
    path: `/spaces/:space${head.path}`,
    handle(call) {
      const space = world.spaces.find((one) => one.id === call.params['space']);
      return space ? handle(call, space) : notFound();
    },
  });
}

/** Makes routes under `/spaces/{space}/environments/{environment or alias}`; 404 while its content cannot be read. */
export function createContentRoutes(world: ContentfulWorld) {
  const route = createSpaceRoutes(world);
  return (
    head: Head,
    handle: (call: Call, environment: Environment, space: Space) => Answer,
  ): Route =>
    route({ ...head, path: `/environments/:environment${head.path}` }, (call, space) => {
      const id = call.params['environment'] ?? '';
      const environment = environmentOf(space, id);
      const isReadable =
        environment?.status === 'ready' && world.agenda.now() >= environment.readableAt;
      return isReadable ? handle(call, environment, space) : unknownEnvironment(id);
    });
}

/** 200 with a body. */
export function ok(body: unknown): Answer {
  return { status: 200, body };
}

/** The version the caller believes to be current, if any was sent. */
export function versionIn(call: Call): number | undefined {
  const sent = call.headers['x-contentful-version'];
  return typeof sent === 'string' && /^\d+$/.test(sent) ? Number(sent) : undefined;
}

/** A field of the body. */
export function fieldIn(call: Call, name: string): unknown {
  const { body } = call;
  if (typeof body !== 'object' || body === null) return undefined;
  return Object.entries(body).find(([key]) => key === name)?.[1];
}

/** A field of the body when it is text. */
export function textIn(call: Call, name: string): string | undefined {
  const value = fieldIn(call, name);
  return typeof value === 'string' ? value : undefined;
}

/** The id a link in the body points to. */
export function linkIn(call: Call, name: string): string | undefined {
  const value: unknown = fieldIn(call, name);
  const id = /"linkType":"Environment"/.test(JSON.stringify(value ?? null))
    ? /"id":"([^"]+)"/.exec(JSON.stringify(value))?.[1]
    : undefined;
  return id;
}

/** The `fields` of the body, or undefined when it has none. */
export function fieldsIn(call: Call): Fields | undefined {
  const fields = fieldIn(call, 'fields');
  return typeof fields === 'object' && fields !== null ? (fields as Fields) : undefined;
}
