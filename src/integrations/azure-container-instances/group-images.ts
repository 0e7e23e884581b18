import type { Check } from '../../operation.ts';
import { checkImages } from '../registry/images-check.ts';
import type { Registries } from '../registry/index.ts';
import type { Arm } from './client.ts';
import type { Group } from './group.ts';

/**
 * Whether every container of the group could be started with `image` in the one that runs the release: whenever the group is
 * started anew, Azure pulls all of them again. Backstop looks as the group itself signs in there.
 */
export function groupImagesCheck(
  { settings }: Arm,
  registries: Registries,
  { container, definition }: Group,
  image: string,
  signal: AbortSignal,
): Promise<Check> {
  const { containers, initContainers = [], imageRegistryCredentials = [] } = definition;
  const others = [...containers, ...initContainers].filter(({ name }) => name !== container);
  const images = [image, ...others.flatMap((one) => one.image ?? [])];
  const loginOf = (server: string) => {
    const username = imageRegistryCredentials.find((one) => one.server === server)?.username;
    const password = settings.registryPasswords[server];
    return username === undefined || password === undefined ? undefined : { username, password };
  };
  return checkImages(images, (one) => registries.placeOf(one, loginOf), signal);
}
