import type { DoctorFinding } from '../../component.ts';
import { finding, passed, warned } from '../finding.ts';
import type { Contentful } from './client.ts';
import { ownClones, readAlias, readEnvironments } from './environments.ts';
import type { Exports } from './exports.ts';
import { readOwnId, readPeople } from './people.ts';
import { publishingOf, readRole } from './roles.ts';
import type { ContentfulEnvironmentSettings } from './schema.ts';

/** Checks by reading: token and alias, room for a clone, names of people, where exports go, the roles that are paused. Never throws. */
export async function examine(
  contentful: Contentful,
  settings: ContentfulEnvironmentSettings,
  exports: Exports,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const { alias, on } = contentful;
  const access = await finding(`Contentful token and alias ${alias} of ${on}`, 'fail', async () => {
    const { target } = await readAlias(contentful, signal);
    return passed(`${alias} points at ${target}`);
  });
  if (access.verdict === 'fail' || access.verdict === 'unknown') return [access];
  const rest = await Promise.all([
    finding(`${on}: environments`, 'fail', async () => {
      const environments = await readEnvironments(contentful, signal);
      return roomIn(contentful, settings.environmentLimit, environments);
    }),
    finding(`${on}: names of editors`, 'warn', async () => {
      const [self, people] = await Promise.all([
        readOwnId(contentful, signal),
        readPeople(contentful, signal),
      ]);
      return passed(
        `${people.size} users are known by name; the token is ${people.get(self) ?? self}'s`,
      );
    }),
    finding(`${on}: exports before content goes back`, 'fail', async () => {
      await exports.mayWrite();
      return passed('they can be written');
    }),
    ...settings.editorRoles.map((id) =>
      finding(`${on}: role ${id}`, 'fail', async () => {
        const role = await readRole(contentful, id, signal);
        const publishing = publishingOf(role);
        if (publishing === 'open') return passed(`${role.name} can be paused`);
        const state = publishing === 'paused' ? 'is paused' : 'has one part of a pause';
        return warned(
          `${role.name} ${state} by Backstop at this moment`,
          'If no plan is at work, give publishing back by the manual steps of `resume-editors`.',
        );
      }),
    ),
  ]);
  return [access, ...rest];
}

function roomIn(
  contentful: Contentful,
  limit: number | undefined,
  environments: Awaited<ReturnType<typeof readEnvironments>>,
) {
  const own = ownClones(contentful, environments).length;
  const held = `${environments.length} environments, ${own} of them restore points`;
  if (limit === undefined) {
    return passed(`${held}; without \`environmentLimit\` nobody knows how many more fit`);
  }
  if (environments.length < limit) return passed(`${held}; ${limit} fit`);
  const next = own > 0 ? 'Delete the oldest restore point.' : 'Ask its owners to delete one.';
  return warned(`${held}; no more fit`, next);
}
