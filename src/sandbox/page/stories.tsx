/** Stories that play by themselves, at the pace one likes. */

import { useState } from 'preact/hooks';
import type { Pace, StoryInfo, World } from '../browser/protocol.ts';
import { useReader } from './reader.ts';

const PACES: readonly { readonly pace: Pace; readonly words: string }[] = [
  { pace: 'slow', words: 'Slow' },
  { pace: 'normal', words: 'Normal' },
  { pace: 'fast', words: 'Fast' },
  { pace: 'step', words: 'Step by step' },
];

/** Chooses a story, starts it on a new sandbox, and changes its pace while it plays. */
export function Stories({ world }: { readonly world: World }) {
  const { store, setting } = useReader();
  const [name, setName] = useState(setting.stories[0]?.name ?? '');
  const [pace, setPace] = useState<Pace>(world.story?.pace ?? 'normal');
  const untold = setting.stories.filter(({ missing }) => missing !== undefined);
  const chosen = setting.stories.find((story) => story.name === name);
  return (
    <section aria-labelledby="stories-title">
      <h2 id="stories-title">Watch a story</h2>
      <p class="row">
        <label class="hidden" for="story">
          Story
        </label>
        <select id="story" value={name} onChange={(event) => setName(event.currentTarget.value)}>
          {options(setting.stories.filter(({ isPlaybook }) => !isPlaybook))}
          <optgroup label="Playbooks">
            {options(setting.stories.filter(({ isPlaybook }) => isPlaybook))}
          </optgroup>
        </select>
        <label class="hidden" for="pace">
          Pace
        </label>
        <select
          id="pace"
          value={pace}
          onChange={(event) => {
            const next = PACES.find((entry) => entry.pace === event.currentTarget.value)?.pace;
            if (!next) return;
            setPace(next);
            if (world.story) void store.deed({ deed: 'pace', pace: next });
          }}
        >
          {PACES.map((entry) => (
            <option key={entry.pace} value={entry.pace}>
              {entry.words}
            </option>
          ))}
        </select>
        <button
          type="button"
          class="button filled primary"
          onClick={() => void store.deed({ deed: 'play', story: name, pace })}
        >
          Play
        </button>
      </p>
      {chosen && <p class="quiet">{chosen.about} It starts everything over.</p>}
      {untold.length > 0 && (
        <p class="quiet">
          {untold.length} cannot be told on this machine. {untold[0]?.missing}
        </p>
      )}
    </section>
  );
}

function options(stories: readonly StoryInfo[]) {
  return stories.map(({ name, missing }) => (
    <option key={name} value={name} disabled={missing !== undefined}>
      {name.replaceAll('-', ' ')}
    </option>
  ));
}

interface StoryBarProps {
  readonly world: World;
  /** Whether the page becomes whoever acts. */
  readonly isFollowing: boolean;
  readonly onFollow: () => void;
}

/** What is being told, above the conversation. */
export function StoryBar({ world, isFollowing, onFollow }: StoryBarProps) {
  const { store } = useReader();
  const { story } = world;
  if (!story) return null;
  const isPlaying = story.state === 'playing' || story.state === 'waiting';
  return (
    <div class={`strip story ${story.state}`} role="status">
      <p>
        <strong>{story.caption}</strong>
        {isPlaying && story.act && <span> {story.act}…</span>}
      </p>
      {isPlaying && !isFollowing && (
        <button type="button" class="button" onClick={onFollow}>
          Be whoever acts
        </button>
      )}
      {story.state === 'waiting' && (
        <button
          type="button"
          class="button filled primary"
          onClick={() => void store.deed({ deed: 'next-step' })}
        >
          Next
        </button>
      )}
      {!isPlaying && (
        <button
          type="button"
          class="button"
          onClick={() => void store.deed({ deed: 'start-over', around: 'shop' })}
        >
          Try it yourself
        </button>
      )}
    </div>
  );
}
