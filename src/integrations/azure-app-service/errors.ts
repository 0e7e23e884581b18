import type { Subject } from '../azure/errors.ts';

export const SYSTEM = 'Azure App Service';

/** A web app, and what helps against App Service's known refusals. */
export function webApp(app: string): Subject {
  const on = `web app ${app}`;
  return {
    system: SYSTEM,
    on,
    grantOn: 'the web app and its slots',
    notFound: 'Check `subscriptionId`, `resourceGroup`, `app` and `slot` in backstop.yaml.',
    look: 'look at what the slots hold',
    rejected(message) {
      if (/prepared for swap/i.test(message)) {
        return 'Somebody left a swap with preview half done: finish or cancel it under Deployment slots, then try again.';
      }
      if (/allocation of VM instances/i.test(message)) {
        return 'The plan was scaled meanwhile; the same swap works when tried again.';
      }
      if (/could not be started|did not respond to http ping|warmup requests/i.test(message)) {
        return `The release in the slot does not start: read its log stream, or take another way back. ${on} was not changed.`;
      }
      return undefined;
    },
  };
}
