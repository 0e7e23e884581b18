/** What people in a story write where a playbook has them tell others: the template, filled in as they would. */

import { expect } from '../story.ts';

/** By the line of a template that asks for it. */
const WORDS: Readonly<Record<string, string>> = {
  // after-rollback, release-checklist
  'Next steps:': 'The cause is looked into; the next release follows once it is tested in staging.',
  // coordinated-release
  'From:': '14:00 UTC',
  'Until about:': '15:00 UTC',
  'The release:': '2.4.0 stays, with the pages of the spring campaign.',
  // data-loss
  'Some data was lost between … and …':
    'Some data was lost on Saturday between 02:40 and 03:00 UTC.',
  'What is affected:': 'Orders that were placed in this time.',
  'What we restored:': 'Everything from before 02:40, and the orders that were paid.',
  'What you can do to enter it again:':
    'Look into your orders; what is missing can be placed again.',
  // deployment-failure
  'Plan:': 'Production goes back to 2.3.1.',
  'Expected to take:': 'two minutes',
  // production-bug
  'We are looking into a problem with …':
    'We are looking into a problem with the checkout since 03:07 UTC.',
  'Impact:': 'Some payments fail. Nobody is charged for an order that failed.',
  'What we are doing:': 'We decide between a fix and the previous release. More in half an hour.',
  // release-checklist
  'Deployment scheduled:': 'Saturday, 04:00 UTC',
  'Expected duration:': '30 minutes',
  'Expected impact:': 'none',
  'Changes included:': 'a faster checkout',
  'Contact:': 'Ben, who is on call',
  'Deployment completed:': 'Saturday, 04:20 UTC',
  'Status:': 'success',
  // security-breach
  'What happened:': 'Somebody read orders through a stolen password of a supplier.',
  'What data is affected:': 'Names and addresses of 120 orders. No payment data.',
  'What we did:': 'The account is disabled, every password changed, and the hole closed.',
  'What you should do now:': 'Be careful with messages that ask you to pay again.',
};

/** @throws Error for a line that asks for something nobody in the stories has words for. */
export function filledIn(template: string): string {
  const lines = template.split('\n').filter((line) => line.trim() !== '');
  return lines.map(filledLine).join('\n');
}

function filledLine(line: string): string {
  if (!line.endsWith(':') && !line.includes('…')) return line;
  const words = WORDS[line];
  expect(words !== undefined, `people have words for “${line}”`);
  return line.endsWith(':') ? `${line} ${words}` : words;
}
