/** The page of whoever watches a story. */

import { useEffect, useState } from 'preact/hooks';
import type { PageState } from './state.ts';

/**
 * While a story plays, the page goes where it happens and becomes whoever acts. The result tells whether it does, and
 * changes that: its reader may want to be somebody else.
 */
export function useFollow(
  { channels, world }: PageState,
  become: (person: string) => void,
  open: (id: string) => void,
) {
  const [isFollowing, setFollowing] = useState(true);
  const newest = [...channels.values()].findLast(({ info }) => info.isMember && info.kind !== 'im');
  const story = world?.story;
  const isPlaying = story?.state === 'playing' || story?.state === 'waiting';
  useEffect(() => {
    if (isPlaying) setFollowing(true);
  }, [isPlaying]);
  useEffect(() => {
    if (isPlaying && isFollowing && story.by !== undefined) become(story.by);
  }, [isPlaying, isFollowing, story?.by]);
  useEffect(() => {
    if (isPlaying && newest) open(newest.info.id);
  }, [isPlaying, newest?.info.id]);
  return [isFollowing, setFollowing] as const;
}
