import type { Arm } from './client.ts';
import type { AzureAppServiceSettings } from './schema.ts';
import { labelOf, type SwapInput } from './swap-input.ts';

/** The swap by hand, in the portal or with the az command line, and how to see that it worked. */
export function manualSwap(
  arm: Arm,
  settings: AzureAppServiceSettings,
  { release, replaces }: SwapInput,
): string {
  const where = `--subscription ${arm.subscription} --resource-group ${arm.group} --name ${arm.app}`;
  const show = `az webapp config appsettings list ${where} --query "[?name=='${settings.versionSetting}' || name=='${settings.commitSetting}']" --output table`;
  return [
    `Put ${labelOf(release)} into production in place of ${labelOf(replaces)}. A second swap takes the first one back: look before you swap.`,
    `1. See what is live: ${show}. If it shows ${labelOf(release)}, stop: it is done.`,
    `2. See that the slot holds ${labelOf(release)}: the same command with --slot ${arm.slot}.`,
    `3. Swap: az webapp deployment slot swap ${where} --slot ${arm.slot} --target-slot production`,
    `   Or in the Azure portal: App Services > ${arm.app} > Deployment > Deployment slots > Swap; source ${arm.slot}, target production (${arm.app}), "Perform swap with preview" off; Start Swap.`,
    `4. Run the command of step 1 again: it must show ${labelOf(release)}.`,
  ].join('\n');
}
