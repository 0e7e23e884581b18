/** Who one is, and the channels one is in. */

import type { PersonInfo } from '../browser/protocol.ts';
import { HOME } from './home.tsx';
import { BotSign, WindowSign } from './icons.tsx';
import { Avatar } from './message.tsx';
import { useReader } from './reader.ts';
import { type Channel, type PageState, unreadIn } from './state.ts';

interface SidebarProps {
  readonly state: PageState;
  readonly open: string | undefined;
  readonly onSwitch: (person: string) => void;
}

/** Each person has a window of their own where that is wanted: several can be played side by side. */
export function Sidebar({ state, open, onSwitch }: SidebarProps) {
  const { setting } = useReader();
  const channels = [...state.channels.values()];
  const mine = channels.filter(
    ({ info }) => info.isMember && info.kind !== 'im' && !info.isArchived,
  );
  const direct = channels.filter(({ info, messages }) => info.kind === 'im' && messages.length > 0);
  const others = channels.filter(({ info }) => !info.isMember && info.kind === 'public');
  return (
    <div class="sidebar-inner">
      <h1 class="workspace">
        Acme <span class="quiet">sandbox</span>
      </h1>
      <People
        people={setting.people.filter(({ role }) => role !== undefined)}
        onSwitch={onSwitch}
      />
      <nav aria-label="Channels">
        <ChannelGroup title="Channels" channels={mine} open={open} />
        <ChannelGroup title="Direct messages" channels={direct} open={open} />
        <ChannelGroup title="More channels" channels={others} open={open} />
        {setting.hasHome && <AppEntry isOpen={open === HOME} />}
      </nav>
    </div>
  );
}

function People(props: {
  readonly people: readonly PersonInfo[];
  readonly onSwitch: (person: string) => void;
}) {
  const { me } = useReader();
  return (
    <nav class="people" aria-label="Be somebody else">
      <h2>You are</h2>
      <ul>
        {props.people.map(({ id, name, realName, role }) => (
          <li key={id}>
            <a
              href={`/?as=${name}&stay=yes`}
              aria-current={id === me.id ? 'true' : undefined}
              onClick={(event) => {
                if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                event.preventDefault();
                props.onSwitch(name);
              }}
            >
              <Avatar name={realName} isBot={false} />
              <span>
                <strong>{realName}</strong>
                <small>{role}</small>
              </span>
            </a>
            <a
              class="window"
              href={`/?as=${name}&stay=yes`}
              target="_blank"
              rel="noreferrer"
              aria-label={`Open a window as ${realName}`}
              title={`Open a window as ${realName}`}
            >
              <WindowSign />
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function AppEntry({ isOpen }: { readonly isOpen: boolean }) {
  const { setting, person, openChannel } = useReader();
  return (
    <section>
      <h2>Apps</h2>
      <button
        type="button"
        class="channel"
        aria-current={isOpen ? 'page' : undefined}
        onClick={() => openChannel(HOME)}
      >
        <span class="sign">
          <BotSign />
        </span>
        <span class="name">{person(setting.botId)?.realName}</span>
      </button>
    </section>
  );
}

function ChannelGroup(props: {
  readonly title: string;
  readonly channels: readonly Channel[];
  readonly open: string | undefined;
}) {
  const { setting, openChannel } = useReader();
  const { title, channels, open } = props;
  if (channels.length === 0) return null;
  return (
    <section>
      <h2>{title}</h2>
      <ul>
        {channels.map((channel) => {
          const { id, name, kind, isMember } = channel.info;
          const { count, calls } = isMember ? unreadIn(channel, setting) : NOTHING;
          const isOpen = id === open;
          return (
            <li key={id}>
              <button
                type="button"
                class={count > 0 && !isOpen ? 'channel unread' : 'channel'}
                aria-current={isOpen ? 'page' : undefined}
                onClick={() => openChannel(id)}
              >
                <span class="sign" aria-hidden="true">
                  {kind === 'im' ? <BotSign /> : kind === 'private' ? '🔒' : '#'}
                </span>
                <span class="name">{name}</span>
                {count > 0 && !isOpen && (
                  <span class={calls.length > 0 ? 'count called' : 'count'}>
                    {count}
                    <span class="hidden">
                      {' '}
                      unread{calls.length > 0 ? ', and you are mentioned' : ''}
                    </span>
                  </span>
                )}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const NOTHING = { count: 0, calls: [] };
