/** Reads new messages of the open channel out, for those who do not see them appear. */

import { useEffect, useRef, useState } from 'preact/hooks';
import { useReader } from './reader.ts';
import { spoken } from './spoken.ts';
import { type Channel, mainMessages } from './state.ts';

/** A polite live region with the newest message in it. */
export function Announcer({ channel }: { readonly channel: Channel }) {
  const reader = useReader();
  const { person, me } = reader;
  const [words, setWords] = useState('');
  const newest = mainMessages(channel).at(-1);
  const before = useRef({ channel: channel.info.id, ts: newest?.ts });
  useEffect(() => {
    const isNews = before.current.channel === channel.info.id && before.current.ts !== newest?.ts;
    before.current = { channel: channel.info.id, ts: newest?.ts };
    if (!isNews || !newest || newest.user === me.id) return;
    setWords(`${person(newest.user ?? '')?.realName ?? 'Slack'}: ${spoken(newest.text, reader)}`);
  }, [channel.info.id, newest?.ts]);
  return (
    <div class="hidden" role="status" aria-live="polite">
      {words}
    </div>
  );
}
