import type { RestorePoint } from './component.ts';

/** What a component can be put back to, as its system says (guide 003, "Check Available Backups"). */
export interface PointsOf {
  /** The id that `/rollback only` takes. */
  readonly component: string;
  readonly title: string;
  /** Newest first. */
  readonly points: readonly RestorePoint[];
  /** Why they could not be read. */
  readonly problem?: string;
}
