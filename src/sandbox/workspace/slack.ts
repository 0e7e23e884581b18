/** What every part of the workspace works with: the state, the stream of happenings, and the way to the app. */
import type { AppLink } from './app-link.ts';
import type { Happening } from './live.ts';
import type { State } from './state.ts';

export interface Slack {
  readonly state: State;
  readonly app: AppLink;
  /** `http://127.0.0.1:PORT`, with no slash at the end. */
  readonly origin: string;
  /** Tells the listeners of `Workspace.on`. */
  tell(happening: Happening): void;
  /** Opens a response_url for one thing a person did. */
  newResponseUrl(target: ResponseTarget): string;
}

/** What a response_url may write to: the channel, and the message the person acted on if there was one. */
export interface ResponseTarget {
  readonly channel: string;
  readonly user: string;
  readonly original?: { readonly ts: string; readonly ephemeral: boolean };
}
