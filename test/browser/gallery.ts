/** A conversation that a test furnishes itself, with whatever an app may show. */

import type { Page } from 'playwright-core';
import type { TestContext } from 'vitest';
import type { Json } from '../../src/sandbox/workspace/json.ts';
import { readText } from '../../src/sandbox/workspace/message-text.ts';
import { botAuthor, type Draft, postMessage } from '../../src/sandbox/workspace/messages.ts';
import type { ChannelRecord, Message } from '../../src/sandbox/workspace/model.ts';
import { channelByName } from '../../src/sandbox/workspace/state.ts';
import { openModal, pushByAck } from '../../src/sandbox/workspace/views.ts';
import { aBrowser, aQuietSandbox } from './support.ts';

type Test = Pick<TestContext, 'onTestFinished'>;
type Looks = Parameters<Awaited<ReturnType<typeof aBrowser>>['newPage']>[0];

export interface Gallery {
  readonly page: Page;
  /** The address that lets in. */
  readonly url: string;
  /** The id of a person, such as `ana`. */
  readonly id: (name: string) => string;
  /** The app says this in the channel, #incidents unless named; the blocks are held to Slack's rules. */
  readonly says: (message: Json, channel?: string) => Message;
  /** Somebody else says this. */
  readonly hears: (by: string, text: string, more?: Partial<Draft>) => Message;
  /** The app opens a modal for the person, or puts one on top of those that are open. */
  readonly opens: (person: string, view: Json) => void;
  /** The app complains about what the person has filled in, by block id. */
  readonly complains: (person: string, errors: Readonly<Record<string, string>>) => void;
}

/** Opened by Ana. */
export async function aGallery(test: Test, looks: Looks = {}): Promise<Gallery> {
  const { url, session } = await aQuietSandbox(test);
  const { slack } = session.run.stage.workspace;
  const browser = await aBrowser(test);
  const page = await browser.newPage(looks);
  await page.goto(url);
  const channelOf = (name: string): ChannelRecord => {
    const channel = channelByName(slack.state, name);
    if (!channel) throw new Error(`There is no channel ${name}`);
    return channel;
  };
  const viewerOf = (name: string) => {
    const viewer = session.run.viewers.get(name);
    if (!viewer) throw new Error(`There is nobody called ${name}`);
    return viewer;
  };
  return {
    page,
    url,
    id: (name) => viewerOf(name).self.id,
    says: (message, channel = 'incidents') =>
      postMessage(slack, channelOf(channel), {
        ...botAuthor(slack),
        ...readText(message, { maxText: 40_000 }),
      }),
    hears: (by, text, more = {}) =>
      postMessage(slack, channelOf('incidents'), { user: viewerOf(by).self.id, text, ...more }),
    opens(person, view) {
      const { id } = viewerOf(person).self;
      if ((slack.state.modals.get(id) ?? []).length > 0) pushByAck(slack, id, view);
      else openModal(slack, slack.state.newTrigger(id), view);
    },
    complains(person, errors) {
      const { self } = viewerOf(person);
      const view = self.screen.modal();
      if (!view) throw new Error(`${person} has no modal open`);
      self.complain(view, errors);
      session.lookAgain();
    },
  };
}
