import type {
  ContainerGroup,
  ContainerGroupDiagnostics,
  EnvironmentVariable,
  ImageRegistryCredential,
  Volume,
} from '@azure/arm-containerinstance';
import type { AzureContainerInstancesSettings } from './schema.ts';

/** A group as it is to be put: whole, with another image; and what of it Azure does not show and nobody gave. */
export interface Definition {
  readonly body: ContainerGroup;
  /** In words for a person; with any of them the group must not be put, as Azure would forget it. */
  readonly missing: readonly string[];
}

/**
 * The group with `image` in `container` and everything else as it is. A PUT is the whole group, and a GET shows no secret:
 * those come from the settings. The public address is left out, as Azure assigns it.
 */
export function definitionWith(
  group: ContainerGroup,
  container: string,
  image: string,
  settings: AzureContainerInstancesSettings,
): Definition {
  const missing: string[] = [];

  function environment(
    owner: string,
    variables: readonly EnvironmentVariable[] | undefined,
  ): EnvironmentVariable[] | undefined {
    return variables?.map((variable) => {
      const secureValue = settings.secureEnvironment[owner]?.[variable.name];
      if (secureValue !== undefined) return { name: variable.name, secureValue };
      if (typeof variable.value !== 'string') {
        missing.push(`secureEnvironment.${owner}.${variable.name}`);
      }
      return variable;
    });
  }

  function registry(credential: ImageRegistryCredential): ImageRegistryCredential {
    if (!credential.username || credential.identity) return credential;
    const password = settings.registryPasswords[credential.server];
    if (password === undefined) missing.push(`registryPasswords.${credential.server}`);
    return { ...credential, ...(password !== undefined && { password }) };
  }

  function volume(one: Volume): Volume {
    if (one.secret) missing.push(`the secret volume ${one.name}, which Backstop cannot keep`);
    if (!one.azureFile) return one;
    const { storageAccountName } = one.azureFile;
    const storageAccountKey = settings.storageKeys[storageAccountName];
    if (storageAccountKey === undefined) missing.push(`storageKeys.${storageAccountName}`);
    return {
      ...one,
      azureFile: {
        ...one.azureFile,
        ...(storageAccountKey !== undefined && { storageAccountKey }),
      },
    };
  }

  function diagnostics(given: ContainerGroupDiagnostics): ContainerGroupDiagnostics {
    if (!given.logAnalytics) return given;
    const { workspaceKey } = settings;
    if (workspaceKey === undefined) missing.push('workspaceKey');
    return { ...given, logAnalytics: { ...given.logAnalytics, workspaceKey: workspaceKey ?? '' } };
  }

  for (const { name } of group.extensions ?? []) {
    missing.push(`the protected settings of extension ${name}, which Backstop cannot keep`);
  }
  const { instanceView: _state, ...given } = group;
  const { ipAddress, imageRegistryCredentials, volumes, initContainers } = given;
  const body: ContainerGroup = {
    ...given,
    containers: given.containers.map(({ instanceView: _view, ...one }) => ({
      ...one,
      ...(one.name === container && { image }),
      ...withEnvironment(environment(one.name, one.environmentVariables)),
    })),
    ...(initContainers && {
      initContainers: initContainers.map(({ instanceView: _view, ...one }) => ({
        ...one,
        ...withEnvironment(environment(one.name, one.environmentVariables)),
      })),
    }),
    ...(imageRegistryCredentials && {
      imageRegistryCredentials: imageRegistryCredentials.map(registry),
    }),
    ...(volumes && { volumes: volumes.map(volume) }),
    ...(group.diagnostics && { diagnostics: diagnostics(group.diagnostics) }),
  };
  if (ipAddress) {
    const { ip: _assigned, ...address } = ipAddress;
    body.ipAddress = address;
  }
  return { body, missing };
}

function withEnvironment(variables: EnvironmentVariable[] | undefined) {
  return variables ? { environmentVariables: variables } : {};
}
