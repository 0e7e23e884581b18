import { z } from 'zod';
import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';

export const TAKE_BACKUP = 'take-backup';
export const RESTORE_SERVER = 'restore-to-new-server';
export const SWITCH_OVER = 'switch-over';

/** The name of the backup, as Azure keeps it. */
const BackupInput = z.strictObject({ backup: z.string().min(1).max(128) });
export type BackupInput = z.infer<typeof BackupInput>;

/** The moment to go back to, ISO 8601 in UTC, and the new server that is to hold it. */
const RestoreInput = z.strictObject({ pointInTime: z.iso.datetime(), server: z.string().min(3) });
export type RestoreInput = z.infer<typeof RestoreInput>;

/** The input of `take-backup` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function backupInput(input: Json): BackupInput {
  const parsed = BackupInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', 'A backup needs `backup`, its name.');
}

/** The input of `restore-to-new-server` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function restoreInput(input: Json): RestoreInput {
  const parsed = RestoreInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal(
    'invalid-input',
    'A restore needs `pointInTime`, ISO 8601 in UTC, and `server`, the name of the new server.',
  );
}

/** Which server the app is to use, and which one it uses. */
const SwitchInput = z.strictObject({ to: z.string().min(3), from: z.string().min(3) });
export type SwitchInput = z.infer<typeof SwitchInput>;

/** The input of `switch-over` as a plan stored it. Throws Refusal `invalid-input` when it is none. */
export function switchInput(input: Json): SwitchInput {
  const parsed = SwitchInput.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new Refusal('invalid-input', 'Switching over needs `to` and `from`, names of servers.');
}

/** A name for people as Azure takes one for a backup: `backstop-2-4-0`. */
export function backupName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  return `backstop-${plain.replace(/^backstop-/, '') || 'backup'}`.slice(0, 60).replace(/-+$/, '');
}

/** The server that holds `server` as it was at `at`: always the same name for the same moment, so that a retry finds it. */
export function restoredName(server: string, at: number): string {
  const stamp = new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '').toLowerCase();
  return `${server}-${stamp}`;
}
