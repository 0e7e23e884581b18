/** The page of whoever watches a story. */

import { useEffect, useRef, useState } from 'preact/hooks';
import type { PageState } from './state.ts';

interface Follower {
  /** Whether it becomes whoever acts in a story that plays already. */
  readonly isFollowing: boolean;
  readonly become: (person: string) => void;
  readonly open: (id: string) => void;
}

/**
 * While a story plays, the page goes where it happens and becomes whoever acts. The result tells whether it does, and
 * changes that: its reader may want to be somebody else, until the next story begins.
 */
export function useFollow({ channels, world }: PageState, start: Follower) {
  const { become, open } = start;
  const [isFollowing, setFollowing] = useState(start.isFollowing);
  const wasPlaying = useRef<boolean>(undefined);
  const newest = [...channels.values()].findLast(({ info }) => info.isMember && info.kind !== 'im');
  const story = world?.story;
  const isPlaying = story?.state === 'playing' || story?.state === 'waiting';
  const isKnown = world !== undefined;
  useEffect(() => {
    // To be somebody else takes a new connection: until it has told of the world, no story has ended.
    if (!isKnown) return;
    if (isPlaying && wasPlaying.current === false) setFollowing(true);
    wasPlaying.current = isPlaying;
  }, [isKnown, isPlaying]);
  useEffect(() => {
    if (isPlaying && isFollowing && story.by !== undefined) become(story.by);
  }, [isPlaying, isFollowing, story?.by]);
  useEffect(() => {
    if (isPlaying && newest) open(newest.info.id);
  }, [isPlaying, newest?.info.id]);
  return [isFollowing, setFollowing] as const;
}
