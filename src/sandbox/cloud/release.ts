/** How a release behaves for customers while it is in the slot they are served from. */
export type Behaviour = 'good' | 'errors' | 'slow' | 'down';

/** What was deployed to a slot: the unit that moves when slots are swapped. */
export interface Release {
  readonly version: string;
  readonly commit: string;
  /** First line of the deployed commit. */
  readonly message: string;
  /** Who deployed it, as the deployment history shows it. */
  readonly author: string;
  /** ISO 8601, UTC. */
  readonly deployedAt: string;
  readonly behaviour: Behaviour;
}
