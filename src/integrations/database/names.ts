import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';
import { FileName } from './backups.ts';

export const BACKUP = 'backup';
export const RESTORE_BESIDE = 'restore-beside';
export const SWITCH = 'switch';
export const SWITCH_BACK = 'switch-back';
export const EXPORT_SINCE = 'export-since';

/** The name of a database beside the live one, as Backstop makes them. */
const Beside = z.string().regex(/^[A-Za-z_][A-Za-z0-9_-]{0,62}$/);

export const BackupInput = z.strictObject({ file: FileName });
export const RestoreInput = z.strictObject({ point: FileName, beside: Beside, safety: FileName });
export const SwitchInput = z.strictObject({ beside: Beside, kept: Beside, safety: FileName });
export const SwitchBackInput = z.strictObject({ kept: Beside, aside: Beside });
export const ExportInput = z.strictObject({
  /** Null for the one that is live when its turn comes. */
  kept: Beside.nullable(),
  since: z.iso.datetime(),
  directory: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,150}$/),
});

/** The input as a plan stored it. @throws Refusal `invalid-input` when it is none. */
export function inputOf<T extends z.ZodType>(
  shape: T,
  operation: string,
  input: Json,
): z.output<T> {
  const parsed = shape.safeParse(input);
  if (parsed.success) return parsed.data;
  const field = String(parsed.error.issues[0]?.path[0] ?? 'input');
  throw new Refusal('invalid-input', `${operation} got no usable ${field}.`, field);
}

/** The names of everything one restore makes: no two restores share any. */
export function namesFor(database: string, extension: string, now: Date) {
  const stamp = now.toISOString().replace(/\D/g, '');
  return {
    safety: `${database}-safety-${stamp}${extension}`,
    beside: `${database}_new_${stamp}`,
    kept: `${database}_old_${stamp}`,
    exported: `${database}-since-${stamp}`,
  };
}

/** The name of the backup that comes before what somebody else does to the data: migrations taken back, a script. */
export function nameBefore(what: string, now: Date): string {
  return `before-${what}-${now.toISOString().replace(/\D/g, '')}`;
}

/** Whether a file is a safety backup, by the names that Backstop gives them. */
export function isSafetyFile(file: string): boolean {
  return /-(?:safety|before-[A-Za-z0-9-]+)-\d{17}\./.test(file);
}

/** The file of a backup, made of a name for people. */
export function fileFor(database: string, extension: string, name: string): string {
  const plain = name.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 90);
  return `${database}-${plain}${extension}`;
}
