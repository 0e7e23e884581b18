import { createHash } from 'node:crypto';
import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json, OperationCall } from '../../operation.ts';

export const CLONE_ENVIRONMENT = 'clone-environment';
export const DELETE_CLONE = 'delete-clone';

/** The web app takes no longer ids for environments. */
const MOST_ID = 40;
const HASH_LENGTH = 6;

/** The id the clone gets, and what people call it. */
const CloneInput = z.strictObject({ environment: z.string().min(1), name: z.string().min(1) });
export type CloneInput = z.infer<typeof CloneInput>;

/** Which clone is to go; `createdAt` tells it from a later one of the same id. */
const DeleteInput = z.strictObject({
  environment: z.string().min(1),
  createdAt: z.number().int().optional(),
});
export type DeleteInput = z.infer<typeof DeleteInput>;

/** The call that clones what is live. The same name gives the same id, so that a repeat finds the clone. */
export function cloneCall(prefix: string, name: string): OperationCall {
  const input: CloneInput = { environment: cloneId(prefix, name), name };
  return { operation: CLONE_ENVIRONMENT, input };
}

/** The call that deletes a clone. */
export function deleteCall(environment: string, createdAt: number): OperationCall {
  return { operation: DELETE_CLONE, input: { environment, createdAt } };
}

/** @throws Refusal `invalid-input` unless it names a clone of Backstop's own. */
export function cloneInput(input: Json, prefix: string): CloneInput {
  const parsed = CloneInput.safeParse(input);
  if (parsed.success && isOwnId(parsed.data.environment, prefix)) return parsed.data;
  const text = `A clone needs \`name\` and an \`environment\` that begins with ${prefix}, both texts.`;
  throw new Refusal('invalid-input', text, 'environment');
}

/** @throws Refusal `invalid-input` unless it names a clone of Backstop's own. */
export function deleteInput(input: Json, prefix: string): DeleteInput {
  const parsed = DeleteInput.safeParse(input);
  if (parsed.success && isOwnId(parsed.data.environment, prefix)) return parsed.data;
  const text = `Backstop deletes only its own clones, whose ids begin with ${prefix}.`;
  throw new Refusal('invalid-input', text, 'environment');
}

/** The name in the letters Contentful takes; what had to be changed or cut is told apart by a hash. */
function cloneId(prefix: string, name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const room = MOST_ID - prefix.length;
  if (words === name && words.length <= room) return `${prefix}${words}`;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, HASH_LENGTH);
  const start = words.slice(0, room - HASH_LENGTH - 1).replace(/-+$/, '');
  return `${prefix}${start ? `${start}-` : ''}${hash}`;
}

function isOwnId(id: string, prefix: string): boolean {
  return id.startsWith(prefix) && id.length > prefix.length && /^[A-Za-z0-9_.-]{1,64}$/.test(id);
}
