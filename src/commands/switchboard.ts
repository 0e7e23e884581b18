/** One Bolt listener for all buttons and one for all forms: Bolt runs every listener's checks on every request. */

import type {
  App,
  BlockAction,
  Middleware,
  SlackActionMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import type { ActionName, ViewName } from '../blocks/actions.ts';

type OnClick = Middleware<SlackActionMiddlewareArgs<BlockAction>>;
type OnSubmit = Middleware<SlackViewMiddlewareArgs<ViewSubmitAction>>;

export interface Switchboard {
  readonly click: (action: ActionName, listener: OnClick) => void;
  readonly submit: (view: ViewName, listener: OnSubmit) => void;
}

/** Passes each click and each submitted form to whoever listens for its id; what nobody listens for is left alone. */
export function createSwitchboard(app: App): Switchboard {
  const clicks = new Map<string, OnClick>();
  const forms = new Map<string, OnSubmit>();
  app.action({ type: 'block_actions' }, async (args) => {
    // The id of one choice among several is the action's, with the choice after a dot.
    const [name = ''] = args.action.action_id.split('.', 1);
    await clicks.get(name)?.(args);
  });
  app.view<ViewSubmitAction>({ type: 'view_submission' }, async (args) => {
    await forms.get(args.view.callback_id)?.(args);
  });
  return {
    click: (action, listener) => {
      clicks.set(action, listener);
    },
    submit: (view, listener) => {
      forms.set(view, listener);
    },
  };
}
