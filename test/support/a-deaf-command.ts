import { script } from '../integrations/command/places.ts';

/**
 * Adds to a configuration the mitigation `purge-cache`, a command that does not end by itself and ignores SIGTERM.
 * @param folder where its script is kept. @param mark stands among its arguments. @param first is what its script does before it hangs.
 */
export function withDeafCommand(
  folder: string,
  mark: string,
  first = ':',
): (config: string) => string {
  const deaf = script(folder, 'deaf.sh', `trap '' TERM; ${first}; while :; do sleep 0.1; done`);
  const scripts = `        components:
          scripts:
            kind: command
            operations:
              purge-cache:
                title: Purge the cache
                run: [${deaf}, '${mark}']
                mitigation: true
                limitSeconds: 80000
`;
  return (config) => config.replace('        components:\n', scripts);
}
