import type { DoctorFinding } from '../../component.ts';
import { imageLabel, isPinned } from '../azure/image.ts';
import { finding, passed, warned } from '../finding.ts';
import { imagesFound } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import { definitionWith } from './definition.ts';
import { type Group, readGroup } from './group.ts';
import { groupImagesCheck } from './group-images.ts';
import { createVersions } from './versions.ts';

/** Checks by reading: sign-in, the group, its secrets, its images, and whether its earlier releases are known. Never throws. */
export async function examine(
  arm: Arm,
  registries: Registries,
  signal: AbortSignal,
): Promise<readonly DoctorFinding[]> {
  const resource = arm.calls.subject.on;
  let group: Group | undefined;
  const first = await finding(`Azure sign-in and ${resource}`, 'fail', async () => {
    group = await readGroup(arm, signal);
    const held = `${group.container} runs ${imageLabel(group.image)}`;
    if (group.state === 'Running') return passed(held);
    return warned(`${held}, but is ${group.state.toLowerCase()}`, 'See its logs in the portal.');
  });
  if (!group) return [first];
  const { definition, container, image } = group;
  const running = group;
  const rest = await Promise.all([
    finding(`${resource}: secrets that a rollback must send again`, 'fail', async () => {
      const { missing } = definitionWith(definition, container, image, arm.settings);
      if (missing.length === 0) return passed('all of them are in backstop.yaml');
      const reason = `missing: ${missing.join(', ')}`;
      return { verdict: 'fail', reason, next: 'Add them to the component in backstop.yaml.' };
    }),
    finding(`${resource}: its images`, 'warn', async () =>
      imagesFound(await groupImagesCheck(arm, registries, running, image, signal)),
    ),
    finding(`${resource}: earlier releases`, 'warn', async () => {
      const history = await createVersions(arm).history(signal);
      const able = history.filter((one) => one.available);
      if (able.length === 0) {
        const next = `Let each deployment add a tag ${arm.settings.releaseTags}VERSION with its image.`;
        return warned('none is known', next);
      }
      const loose = able.filter((one) => !isPinned(one.version.id));
      if (loose.length === 0) return passed(`${able.length} by digest`);
      return warned(
        `${loose.map((one) => one.version.label).join(', ')} by tag only`,
        'Name images by digest (IMAGE@sha256:…), so that the same one comes back.',
      );
    }),
  ]);
  return [first, ...rest];
}
