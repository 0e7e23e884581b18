/** Passes each click and each form to the one that listens for it: Bolt would run every listener's checks on every request. */

import type {
  AllMiddlewareArgs,
  AnyMiddlewareArgs,
  App,
  BlockAction,
  Middleware,
  SlackActionMiddlewareArgs,
  SlackViewMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import type { ActionName, ViewName } from '../blocks/actions.ts';

type Clicked = SlackActionMiddlewareArgs<BlockAction>;
type Submitted = SlackViewMiddlewareArgs<ViewSubmitAction>;

export interface Switchboard {
  readonly click: (action: ActionName, listener: Middleware<Clicked>) => void;
  readonly submit: (view: ViewName, listener: Middleware<Submitted>) => void;
}

/** What nobody here listens for goes on to the app's own listeners. */
export function createSwitchboard(app: App): Switchboard {
  const clicks = new Map<string, Middleware<Clicked>>();
  const forms = new Map<string, Middleware<Submitted>>();
  app.use(async (args: AllMiddlewareArgs & AnyMiddlewareArgs) => {
    if (isClick(args)) {
      // The id of one choice among several is the action's, with the choice after a dot.
      const [name = ''] = args.action.action_id.split('.', 1);
      const listener = clicks.get(name);
      if (listener) return listener(args);
    } else if (isForm(args)) {
      const listener = forms.get(args.view.callback_id);
      if (listener) return listener(args);
    }
    await args.next();
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

function isClick(args: AllMiddlewareArgs & AnyMiddlewareArgs): args is AllMiddlewareArgs & Clicked {
  return 'action' in args && args.body.type === 'block_actions';
}

function isForm(
  args: AllMiddlewareArgs & AnyMiddlewareArgs,
): args is AllMiddlewareArgs & Submitted {
  return 'view' in args && args.body.type === 'view_submission';
}
