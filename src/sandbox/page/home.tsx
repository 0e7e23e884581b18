/** The home tab of the app. */

import { useEffect } from 'preact/hooks';
import type { HomeInfo } from '../browser/protocol.ts';
import { Blocks } from './blocks.tsx';
import { useReader } from './reader.ts';

/** The id under which the home tab is open, where a channel's id stands otherwise. */
export const HOME = 'home';

/** Opening it tells the app, which then publishes what is new. */
export function HomePane({ home }: { readonly home: HomeInfo | undefined }) {
  const { store, setting, person } = useReader();
  const name = person(setting.botId)?.realName ?? 'App';
  useEffect(() => {
    void store.act({ act: 'open-home' });
  }, [store]);
  return (
    <section class="conversation" aria-label={`Home of ${name}`}>
      <header class="channel-head">
        <h1>{name}</h1>
        <p class="topic">Home</p>
      </header>
      <div class="messages home" tabIndex={0} role="region" aria-label="Home">
        {home ? (
          <Blocks blocks={home.blocks} place={{ view: home.id }} />
        ) : (
          <p class="quiet">Nothing is published here yet.</p>
        )}
      </div>
    </section>
  );
}
