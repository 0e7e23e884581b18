/** Lines above the conversation: what could be done next, and what is wrong with the connection. */

import { type Hint, hintFor } from './hints.ts';
import { useReader } from './reader.ts';
import { bringIntoSight } from './sight.ts';
import type { PageState } from './state.ts';
import type { Toast } from './store.ts';

interface HintProps {
  readonly state: PageState;
  readonly open: string | undefined;
  readonly onBecome: (person: string) => void;
}

/** The next thing to do, with a button that does it. */
export function HintStrip({ state, open, onBecome }: HintProps) {
  const { store, openChannel } = useReader();
  const hint = hintFor(state, open);
  if (!hint) return null;

  function take({ does }: NonNullable<Hint['offer']>): void {
    if (does.kind === 'show') {
      bringIntoSight(does.ts, does.label);
      return;
    }
    if (does.kind === 'become') onBecome(does.person);
    else openChannel(does.channel);
    if (does.kind !== 'declare') return;
    const text = '/incident checkout is failing';
    void store.act({ act: 'command', channel: does.channel, text });
  }

  const { offer } = hint;
  return (
    <div class="strip hint" role="status">
      <p>{hint.words}</p>
      {offer && (
        <button type="button" class="button filled primary" onClick={() => take(offer)}>
          {offer.label}
        </button>
      )}
    </div>
  );
}

/** What to say to a page that is let in no more. */
export const SHUT_OUT = 'This sandbox has ended. Open the address that the new one has printed.';

/** What is down at the moment. */
export function OutageStrip({ state }: { readonly state: PageState }) {
  return outages(state).map((words) => (
    <div class="strip outage" role="alert" key={words}>
      <p>{words}</p>
    </div>
  ));
}

function outages({ isOnline, isShutOut, world }: PageState): readonly string[] {
  if (isShutOut) return [SHUT_OUT];
  if (!isOnline) return ['The sandbox does not answer. The page goes on when it is back.'];
  if (world?.bot === 'starting') return ['The bot is starting.'];
  return [
    ...(world?.slackCutOff ? ['Slack is cut off: nothing that people press reaches the bot.'] : []),
    ...(world?.bot === 'stopped' ? ['The bot is not running. Start it again and it goes on.'] : []),
  ];
}

/** What was said about the last acts. */
export function Toasts({ toasts }: { readonly toasts: readonly Toast[] }) {
  return (
    <div class="toasts" role="status">
      {toasts.map(({ id, text, isFailure }) => (
        <p key={id} class={isFailure ? 'failure' : ''}>
          {text}
        </p>
      ))}
    </div>
  );
}
