import { z } from 'zod';
import { QuietSeconds, ResourceGroup } from '../azure/schema.ts';

/** One PostgreSQL flexible server, whose past is kept by Azure for the days of its retention. */
export const AzurePostgresqlSettings = z.strictObject({
  resourceGroup: ResourceGroup,
  server: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,44}[a-z0-9]$/, 'must be the name of a server, 3 to 46 characters')
    .describe('The flexible server; restored ones are called after it.'),
  switchOver: z
    .union([
      z.string().min(1).max(1000),
      z.strictObject({
        component: z.string().min(1).max(40),
        operation: z.string().min(1).max(40),
      }),
    ])
    .optional()
    .describe(
      'How the app is pointed at a restored server: what a person does, in words; or the component of kind command and its operation that does it, with the parameter `server`.',
    ),
  backupMinutes: z.number().positive().max(1440).default(15),
  restoreMinutes: z.number().positive().max(1440).default(40),
  pollSeconds: z
    .number()
    .positive()
    .max(300)
    .default(15)
    .describe('Seconds between two looks at a backup or a restore under way.'),
  quietSeconds: QuietSeconds,
});
export type AzurePostgresqlSettings = z.infer<typeof AzurePostgresqlSettings>;
