import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const UPDATE_SERVICE = 'update-service';

const Arn = z.string().regex(/^arn:[\w-]+:ecs:[\w-]+:\d{12}:task-definition\/[\w-]+:\d+$/);

/** The ARNs of the task definition the service is moved to, and of the one it takes the place of. */
const UpdateInput = z.strictObject({ release: Arn, replaces: Arn });
export type UpdateInput = z.infer<typeof UpdateInput>;

/** The input of `update-service` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function updateInput(input: Json): UpdateInput {
  const parsed = UpdateInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'Moving an ECS service needs `release` and `replaces`, both ARNs of task definitions.',
  );
}
