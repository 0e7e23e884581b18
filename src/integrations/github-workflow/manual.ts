import type { DispatchInput } from './dispatch-input.ts';
import type { GitHubWorkflowSettings } from './schema.ts';

/** How a person does it. */
export function manualDispatch(
  repository: string,
  { workflow, branch, inputs, environment }: GitHubWorkflowSettings,
  { commit, label }: DispatchInput,
): string {
  const given = Object.entries(inputs).map(([name, text]) => {
    const value = text
      .replaceAll('{tag}', label)
      .replaceAll('{commit}', commit)
      .replaceAll('{key}', 'by hand');
    return ` -f ${name}='${value}'`;
  });
  return [
    `Deploy ${label} again by its workflow:`,
    `1. gh workflow run ${workflow} --repo ${repository} --ref ${branch ?? label}${given.join('')}`,
    `   Or on GitHub: Actions > ${workflow} > Run workflow, on ${branch ?? `the tag ${label}`}.`,
    `2. Follow it: gh run list --repo ${repository} --workflow ${workflow}, then gh run watch <its id> --exit-status`,
    `3. See that ${environment} is at ${commit.slice(0, 7)}: https://github.com/${repository}/deployments`,
  ].join('\n');
}
