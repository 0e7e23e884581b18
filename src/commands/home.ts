/** The home tab: when somebody opens it, and its buttons. */

import { ACTION } from '../blocks/actions.ts';
import { openDeclareForm } from './declare-form.ts';
import type { Desk } from './desk.ts';
import type { HomeTabs } from './home-tabs.ts';

/** Registers the home tab and its buttons. */
export function registerHome(desk: Desk, tabs: HomeTabs): void {
  desk.app.event('app_home_opened', async ({ event }) => {
    if (event.tab === 'home') await tabs.opened(event.user);
  });
  desk.switchboard.click(ACTION.declare, async ({ ack, body }) => {
    await ack();
    await openDeclareForm(desk, { triggerId: body.trigger_id, metadata: {} });
  });
  desk.app.action(
    { type: 'block_actions', action_id: ACTION.declareDrill },
    async ({ ack, body }) => {
      await ack();
      await openDeclareForm(desk, { triggerId: body.trigger_id, metadata: { drill: true } });
    },
  );
}
