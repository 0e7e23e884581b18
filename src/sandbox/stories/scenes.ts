/** Scenes that several stories share. Each returns when the people in it see what they should. */

import type { Stage } from '../stage.ts';
import { expect, pass } from './story.ts';

/** Ana declares the incident; everybody finds its channel. */
export async function declare({ people }: Stage): Promise<string> {
  const { ana, ben } = people;
  await ana.command('incidents', '/incident checkout is failing');
  await ana.seesModal('Declare an incident');
  await ana.fill('What else is known?', 'Customers get errors since the 2.4.0 release.');
  await ana.pick('Service', 'Checkout');
  await ana.pick('Environment', 'production');
  await ana.submit();
  const channel = 'inc-0001-checkout-is-failing';
  await ana.sees('How many users are affected?', { channel });
  await ana.sees('INC-0001 is declared', { channel: 'incidents' });
  await ben.sees('INC-0001', { channel: 'incidents' });
  return channel;
}

/** Ana declares with other words, perhaps in private; returns the channel that opens. */
export async function declareAs({ people: { ana } }: Stage, words: string): Promise<string> {
  await ana.command('incidents', `/incident ${words}`);
  await ana.seesModal('Declare an incident');
  await ana.pick('Service', 'Checkout');
  await ana.pick('Environment', 'production');
  await ana.submit();
  const slug = words
    .replace(/^private /, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
  const channel = `inc-0001-${slug}`;
  await ana.sees('How many users are affected?', { channel });
  return channel;
}

/** Ana answers the questions, each when the card asks it; an answer is the label of a button. */
export async function assess(
  { people: { ana } }: Stage,
  channel: string,
  answers: readonly string[],
): Promise<void> {
  for (const [index, answer] of answers.entries()) {
    await ana.sees(`(${index + 1} of 6)`, { channel });
    await ana.click(answer, { channel });
  }
}

/** Ben takes command and confirms what the assessment recommends. */
export async function takeCommandAndConfirm(
  { people: { ben } }: Stage,
  channel: string,
  response: string,
): Promise<void> {
  await ben.click('Take command', { channel });
  await ben.click(`Confirm ${response}`, { channel });
}

/** Ana asks for the plan in the channel and requests its approval. */
export async function planRollback({ people: { ana } }: Stage, channel: string): Promise<void> {
  await ana.command(channel, '/rollback');
  await ana.sees('Request approval', { channel });
  await ana.click('Request approval', { channel });
}

/** The first monitor window passes, and Ben resolves the incident. */
export async function watchAndResolve(stage: Stage, channel: string): Promise<void> {
  const { ben } = stage.people;
  await pass(stage, 16);
  await ben.sees('Monitor window immediate checks passed', { channel });
  await ben.click('Resolve…', { channel });
  await ben.seesModal('Resolve the incident');
  await ben.fill('Why is it over?', 'Checkout has been healthy for the whole first window.');
  await ben.submit();
  await ben.sees('is resolved', { channel });
}

/** Ben puts the post-mortem into the channel; both files can be read. */
export async function exportPostmortem({ people: { ben } }: Stage, channel: string): Promise<void> {
  await ben.command(channel, '/postmortem');
  await ben.sees('Post-mortem of INC-0001', { channel });
  const files = ben.files(channel);
  const names = files.map(({ name }) => name);
  expect(
    ['md', 'json', 'html'].every((format) => names.includes(`inc-0001.${format}`)),
    'the post-mortem is in the channel, to read, to keep and to show',
  );
  for (const file of files) {
    expect(ben.download(file).includes('INC-0001'), `${file.name} is about the incident`);
  }
}
