import { newApprovalCode } from '../approval-codes.ts';
import { EXIT } from './exit-codes.ts';

/** Prints a fresh code for the person, and its entry for `approval.codes`. The code is shown once and kept nowhere. */
export async function approvalCode(name: string, slack?: string): Promise<number> {
  const { code, entry } = newApprovalCode(name, slack);
  const spoken = code.match(/.{4}/g)?.join('-') ?? code;
  process.stdout.write(
    `Code for ${name}: ${spoken}\nInto backstop.yaml, under approval.codes:\n  - { name: ${JSON.stringify(name)},${slack ? ` slack: ${slack},` : ''} hash: "${entry.hash}" }\n`,
  );
  return EXIT.ok;
}
