import { newApprovalCode } from '../approval-codes.ts';
import { Refusal } from '../errors.ts';
import { EXIT } from './exit-codes.ts';

/**
 * Prints a fresh code for the person, and its entry for `approval.codes`. The code is shown once and kept nowhere.
 * @throws Refusal when `slack` is not the id of a Slack user.
 */
export async function approvalCode(name: string, slack?: string): Promise<number> {
  if (slack !== undefined && !/^[UW][A-Z0-9]{2,}$/.test(slack)) {
    throw new Refusal(
      'invalid-input',
      `--slack ${slack} is not the id of a Slack user. Use the one that starts with U or W: in Slack, open the profile and choose “Copy member ID”.`,
    );
  }
  const { code, entry } = newApprovalCode(name, slack);
  const spoken = code.match(/.{4}/g)?.join('-') ?? code;
  process.stdout.write(
    `Code for ${name}: ${spoken}\nInto backstop.yaml, under approval.codes:\n  - { name: ${JSON.stringify(name)},${slack ? ` slack: ${slack},` : ''} hash: "${entry.hash}" }\n`,
  );
  return EXIT.ok;
}
