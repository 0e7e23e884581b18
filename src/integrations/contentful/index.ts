import type { Component } from '../../component.ts';
import type { Ingredients } from '../index.ts';
import { REVERT, revertMitigation } from './chosen-entries.ts';
import { createContentfulClient } from './client.ts';
import { createCloneEnvironment } from './clone-environment.ts';
import { CLONE_ENVIRONMENT, DELETE_CLONE } from './clone-input.ts';
import { createDeleteClone } from './delete-clone.ts';
import { examine } from './doctor.ts';
import { createExportEntries } from './export-entries.ts';
import { EXPORT_ENTRIES } from './export-input.ts';
import { createExports } from './exports.ts';
import {
  createHold,
  createPauseEditors,
  createResumeEditors,
  PAUSE_EDITORS,
  RESUME_EDITORS,
} from './pause-editors.ts';
import { createRepointAlias, REPOINT_ALIAS } from './repoint-alias.ts';
import { type ContentRestorePoints, createRestorePoints } from './restore-points.ts';
import { createRevertEntries } from './revert-entries.ts';
import { REVERT_ENTRIES } from './revert-input.ts';
import { ContentfulConnection, ContentfulEnvironmentSettings } from './schema.ts';

/**
 * The content a site reads through an environment alias, with clones to go back to. It has no versions: which clone is
 * right is decided by when it was made, and going back loses edits, so no plan takes one by itself.
 * @throws ZodError on settings that were not parsed, Error where nobody says where exports go.
 */
export function createContentfulEnvironment(
  from: Ingredients,
): Component & { readonly restorePoints: ContentRestorePoints } {
  const settings = ContentfulEnvironmentSettings.parse(from.settings);
  const connection = ContentfulConnection.parse(from.connections['contentful']);
  const contentful = createContentfulClient(connection, settings);
  const directory = settings.exports ?? from.exports;
  if (directory === undefined) throw new Error(`${from.id} has no directory for its exports`);
  const exports = createExports(directory);
  const restorePoints = createRestorePoints(contentful);
  const title = `content of Contentful space ${settings.space}`;
  return {
    id: from.id,
    kind: 'contentful-environment',
    title,
    phase: 'content',
    restorePoints,
    mitigations: { [REVERT]: revertMitigation(restorePoints, settings.space, title) },
    ...(settings.editorRoles.length > 0 && { hold: createHold(settings.editorRoles) }),
    operations: {
      [CLONE_ENVIRONMENT]: createCloneEnvironment(contentful, settings),
      [DELETE_CLONE]: createDeleteClone(contentful),
      [EXPORT_ENTRIES]: createExportEntries(contentful, exports),
      [REPOINT_ALIAS]: createRepointAlias(contentful, exports),
      [REVERT_ENTRIES]: createRevertEntries(contentful, exports),
      [PAUSE_EDITORS]: createPauseEditors(contentful),
      [RESUME_EDITORS]: createResumeEditors(contentful),
    },
    doctor: (signal) => examine(contentful, settings, exports, signal),
  };
}
