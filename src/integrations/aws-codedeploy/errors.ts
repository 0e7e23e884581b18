import { OutsideError } from '../../errors.ts';
import type { CodeDeploy } from './client.ts';

/** Without a deployment that went well nobody knows what runs. */
export function nothingDeployed(codeDeploy: CodeDeploy): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: codeDeploy.system,
    attempted: 'tell what is live',
    on: codeDeploy.on,
    answer: 'no deployment has succeeded yet',
    next: 'Deploy once, then there is something to go back from.',
  });
}

/** The revision of a plan is gone since it was made. */
export function revisionGone(codeDeploy: CodeDeploy, why: string): OutsideError {
  return new OutsideError({
    kind: 'rejected',
    system: codeDeploy.system,
    attempted: 'find the revision to deploy again',
    on: codeDeploy.on,
    answer: why,
    next: 'Nothing was changed. Run the pipeline of its commit again, or choose another version.',
  });
}
