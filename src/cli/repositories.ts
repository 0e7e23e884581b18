import type { Config } from '../config/config.ts';

/** The GitHub repositories that a service is built from, as `owner/name`. */
export function repositoriesOf(config: Config, service: string): readonly string[] {
  const environments = Object.values(config.services[service]?.environments ?? {});
  const components = environments.flatMap((each) => Object.values(each.components));
  const named = components.flatMap(({ kind, settings }) =>
    kind === 'github-repository' ? [(settings as { readonly repository: string }).repository] : [],
  );
  return [...new Set(named)];
}
