import { OutsideError } from '../../errors.ts';
import type { Change, Check, Handle, Json, Observation, Operation } from '../../operation.ts';
import {
  createPatience,
  handleOf,
  progressOf,
  recoveryOf,
  type Seen,
  submitTimeoutMs,
} from '../azure/by-looking.ts';
import { imageLabel, isPinned } from '../azure/image.ts';
import { requestIdOf } from '../azure/request-id.ts';
import { fail, pass, warn } from '../checks.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import { definitionWith } from './definition.ts';
import { type Group, readGroup } from './group.ts';
import { groupImagesCheck } from './group-images.ts';
import { RECREATE_GROUP, type RecreateInput, recreateInput } from './input.ts';

const LIMIT_MS = 30 * 60_000;

/**
 * Puts the group with another image and everything else as it is. Container Instances cannot change an image in place:
 * all its containers are stopped and started anew, so what they were doing is interrupted.
 */
export function createRecreateGroup(arm: Arm, registries: Registries): Operation {
  const { calls, client, settings } = arm;
  const quietMs = settings.quietSeconds * 1000;
  const times = {
    limitMs: LIMIT_MS,
    usualMs: settings.startupSeconds * 1000,
    pollMs: settings.pollSeconds * 1000,
  };
  const patience = createPatience(times);

  async function look(input: Json, signal: AbortSignal): Promise<Seen> {
    const { image } = recreateInput(input);
    return seenOf(await readGroup(arm, signal), image);
  }

  return {
    effect: 'set',
    guarantee: 'observable',
    quietMs,
    ...times,
    title: (input) => `Recreate ${settings.group} with ${imageLabel(recreateInput(input).image)}`,

    async describe(input, signal): Promise<readonly Change[]> {
      const { image } = recreateInput(input);
      const group = await readGroup(arm, signal);
      return [
        { what: `image of ${settings.group}/${group.container}`, from: group.image, to: image },
        {
          what: `every container of ${settings.group}`,
          from: group.state.toLowerCase(),
          to: 'stopped, then started anew: what it is doing is interrupted',
        },
        ...scratchLost(group),
      ];
    },

    async preflight(input, signal): Promise<readonly Check[]> {
      const group = await readGroup(arm, signal);
      const wanted = recreateInput(input);
      return [
        ...checksOf(arm, group, wanted),
        await groupImagesCheck(arm, registries, group, wanted.image, signal),
      ];
    },

    async observe(input, signal): Promise<Observation> {
      const { broken: _broken, notUp: _notUp, ...seen } = await look(input, signal);
      return seen;
    },

    async submit(input, intent, signal): Promise<Handle> {
      const { image } = recreateInput(input);
      const group = await readGroup(arm, signal);
      const { body, missing } = definitionWith(group.definition, group.container, image, settings);
      if (missing.length > 0) throw secretsMissing(arm, missing);
      const answer = await calls.change(
        'recreate the container group',
        (o) =>
          client.containerGroups.beginCreateOrUpdate(
            settings.resourceGroup,
            settings.group,
            body,
            o,
          ),
        { requestId: requestIdOf(intent.key), timeoutMs: submitTimeoutMs(quietMs), signal },
      );
      return handleOf(answer, input, intent);
    },

    poll: (handle, signal) => progressOf(calls, handle, look, signal, patience),

    async recover(input, intent, handle, signal) {
      const seen = patience(await look(input, signal), intent.key);
      return recoveryOf(calls, seen, intent, handle, signal);
    },

    undo(input) {
      const { image, replaces } = recreateInput(input);
      return { operation: RECREATE_GROUP, input: { image: replaces, replaces: image } };
    },

    manual: (input) => manual(arm, recreateInput(input)),
  };
}

function seenOf(group: Group, wanted: string): Seen {
  const image = `${group.container}=${group.image}`;
  const isThere = group.image === wanted;
  const failure = group.failure ?? (isThere ? group.crash : undefined);
  // Azure calls a group that crashes and starts again a success.
  const isStarting = isThere && failure === undefined && !group.isUp;
  const note = `${imageLabel(group.image)} in ${group.container}, ${group.state.toLowerCase()}`;
  return {
    fingerprint: failure === undefined ? image : `${image} (failed)`,
    expected: `${group.container}=${wanted}`,
    moving: group.isMoving,
    notUp: isStarting && !group.isMoving ? 'starting' : undefined,
    note: group.isMoving
      ? `${note}, with Azure changing the group`
      : isStarting
        ? `${note}, and not up yet`
        : note,
    broken:
      failure !== undefined && isThere && !group.isMoving
        ? `The group was recreated with ${imageLabel(wanted)} and does not start: ${failure}`
        : undefined,
  };
}

function checksOf(arm: Arm, group: Group, { image, replaces }: RecreateInput): readonly Check[] {
  const { settings } = arm;
  return [
    stateCheck(settings.group, group),
    plannedCheck(group, image, replaces),
    secretsCheck(arm, group, image),
    pinnedCheck(image),
  ];
}

/** What a container keeps in a scratch volume ends with the group; a repository is cloned anew. */
function scratchLost({ definition }: Group): readonly Change[] {
  const scratch = (definition.volumes ?? []).filter(({ emptyDir, gitRepo }) => emptyDir ?? gitRepo);
  return scratch.map(({ name }) => ({
    what: `files in volume ${name}`,
    from: 'as they are',
    to: 'lost: such a volume begins anew',
  }));
}

function stateCheck(name: string, group: Group): Check {
  const check = 'The group can be recreated';
  if (group.isMoving) return fail(check, `Azure is changing ${name}; wait until it has ended.`);
  if (group.hasEnded) {
    return fail(
      check,
      `The containers of ${name} have ended, and Azure does not update such a group: delete it and create it anew, by the manual steps.`,
    );
  }
  return pass(check, `${name} is not being changed.`);
}

function plannedCheck(group: Group, image: string, replaces: string): Check {
  const check = 'The group runs what was planned for';
  if (group.image === image) return pass(check, `It runs ${imageLabel(image)} already.`);
  if (group.image === replaces) return pass(check, `It runs ${imageLabel(replaces)}.`);
  return fail(check, `It runs ${group.image} now, not ${replaces}.`);
}

function secretsCheck(arm: Arm, group: Group, image: string): Check {
  const check = 'Nothing of the group is forgotten';
  const { missing } = definitionWith(group.definition, group.container, image, arm.settings);
  if (missing.length === 0) return pass(check, 'Every secret of the group is in backstop.yaml.');
  return fail(
    check,
    `Azure never shows secrets and forgets those that are not sent again; missing: ${missing.join(', ')}.`,
  );
}

function pinnedCheck(image: string): Check {
  const check = 'The image is named by its digest';
  if (isPinned(image)) return pass(check, 'Azure pulls exactly the image that ran before.');
  return warn(
    check,
    `Azure pulls whatever ${image} names now; it may have been pushed anew since it ran.`,
  );
}

function secretsMissing({ calls }: Arm, missing: readonly string[]): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: calls.subject.system,
    attempted: 'recreate the container group',
    on: calls.subject.on,
    answer: `nothing was sent; missing: ${missing.join(', ')}`,
    next: 'Add them to backstop.yaml: Azure forgets secrets that are not sent again.',
  });
}

function manual({ settings, subscription }: Arm, { image, replaces }: RecreateInput): string {
  const where = `--subscription ${subscription} --resource-group ${settings.resourceGroup} --name ${settings.group}`;
  return [
    `Recreate container group ${settings.group} with ${image} in place of ${replaces}. Its containers are stopped: see that no job runs.`,
    `1. See what runs: az container show ${where} --query "containers[].{name:name,image:image,state:instanceView.currentState.state}" --output table. If it shows ${imageLabel(image)}, stop: it is done.`,
    `2. Save the definition: az container export ${where} --file group.yaml`,
    `3. In group.yaml set the image to ${image}, and fill in every secure value, registry password and storage key: Azure does not export them and forgets what is not sent.`,
    `4. Put it: az container create --subscription ${subscription} --resource-group ${settings.resourceGroup} --file group.yaml`,
    '   A group whose containers have ended must be deleted first: az container delete, with the same names.',
    `5. Run the command of step 1 again: it must show ${imageLabel(image)} and Running.`,
  ].join('\n');
}
