/** What the fault matrix rides through: each a change of the shop that goes well when nobody disturbs it. */

import type { PlanWish } from '../../src/events.ts';
import type { Release } from '../../src/sandbox/cloud/index.ts';
import type { Stage, StageSettings } from '../../src/sandbox/stage.ts';
import { checkoutAnswers } from '../../src/sandbox/stories/story.ts';

export interface Ride {
  readonly name: string;
  readonly settings?: StageSettings;
  /** What people ask for: a plan, a hotfix branch, or the restore point of a release. */
  readonly asks: (stage: Stage) => PlanWish | 'quick-fix' | 'release';
  /** How the shop comes to be as it is before. */
  readonly prepare?: (stage: Stage) => void;
  /** Changes the configuration, where the stage knows no set-up for it. */
  readonly configure?: (config: string) => string;
  /** What others do meanwhile; looked after again and again. */
  readonly meanwhile?: (stage: Stage) => void;
  /** What people do by hand, as the message says, before they retry. */
  readonly byHand?: (stage: Stage) => void;
  /** Whether the shop is as it should be in the end. */
  readonly isRight: (stage: Stage) => boolean | Promise<boolean>;
  /** The same where the plan leaves it to people to set right what stays registered. */
  readonly isRightSoFar?: (stage: Stage) => boolean;
  /** Whether it is as it was, where what was done is taken back because a part of it failed. */
  readonly isAsBefore?: (stage: Stage) => boolean;
}

const BACK: PlanWish = { kind: 'rollback' };

export const RIDES: readonly Ride[] = [
  {
    name: 'rollback',
    asks: () => BACK,
    isRight: ({ cloud, world }) => liveOn(cloud) === world.good.version,
  },
  {
    name: 'quick-fix',
    asks: () => 'quick-fix',
    isRight: ({ cloud }) =>
      [...cloud.github.repository().refs.keys()].some((ref) => ref.includes('hotfix')),
  },
  {
    name: 'release',
    settings: { content: {}, worker: true },
    asks: () => 'release',
    byHand: ({ cloud }) => cloud.contentful.space().removeFailedClones(),
    isRight: ({ cloud }) =>
      cloud.worker.pausedBy === 'backstop' && !cloud.contentful.space().publish('cleo', 'home'),
  },
  {
    name: 'release taken back',
    settings: { content: {}, worker: true },
    asks: () => ({ ...BACK, restore: [{ component: 'content' }] }),
    prepare({ cloud, worker }) {
      const space = cloud.contentful.space();
      cloud.azure.containerGroups.setImage('acme-worker', worker?.bad ?? '');
      space.addEnvironment('release-2', { from: 'release-1' });
      space.repoint('release-2');
    },
    isAsBefore: ({ cloud, world, worker }) =>
      liveOn(cloud) === world.bad.version &&
      cloud.azure.containerGroups.image('acme-worker') === worker?.bad &&
      cloud.contentful.space().live === 'release-2' &&
      cloud.worker.pausedBy === undefined,
    byHand: ({ cloud }) => cloud.azure.containerGroups.bringUp('acme-worker'),
    isRight: ({ cloud, world, worker }) =>
      liveOn(cloud) === world.good.version &&
      cloud.azure.containerGroups.image('acme-worker') === worker?.good &&
      cloud.contentful.space().live === 'backstop-2-3-1' &&
      cloud.worker.pausedBy === undefined &&
      cloud.contentful.space().publish('cleo', 'home'),
  },
  {
    name: 'CodeDeploy',
    settings: { aws: true },
    asks: () => BACK,
    isRightSoFar: ({ aws }) => aws?.live().environment['APP_VERSION'] === '2.3.1',
    isRight: ({ aws }) =>
      aws?.live() === aws?.newest() && aws?.live().environment['APP_VERSION'] === '2.3.1',
  },
  {
    name: 'ECS',
    settings: { aws: true },
    asks: () => BACK,
    configure: (config) =>
      config
        .replace('kind: aws-codedeploy', 'kind: aws-ecs')
        .replace('application: shop', 'cluster: shop')
        .replace('deploymentGroup: production', 'service: web-ecs'),
    prepare: deployByEcs,
    isRight: async (stage) => (await checkoutAnswers(stage)).release === '2.3.1',
  },
  {
    name: 'git revert',
    asks: (stage) => ({ ...BACK, revert: faultyChange(stage) }),
    meanwhile: releaseWhatWasMerged,
    isRight: ({ cloud }) => liveOn(cloud) === '2.4.1' && cloud.azure.swapsApplied === 0,
  },
];

function liveOn({ azure }: Stage['cloud']): string {
  return azure.slot('production').release.version;
}

/** The checkout on a service that ECS itself deploys; its pipeline registers a task definition of its commit and deploys it. */
function deployByEcs({ cloud, world: { good, bad } }: Stage): void {
  const { aws, github, shop } = cloud;
  const versions = new Map<string, Release>();
  const register = (release: Release) => {
    const environment = { APP_VERSION: release.version, APP_COMMIT: release.commit };
    const image = `registry.acme.example/shop/web:${release.commit}`;
    const made = aws.registerTaskDefinition({ family: 'web-ecs', image, environment });
    versions.set(made.arn, release);
    return made;
  };
  const ran = [register(good), register(bad)];
  const service = aws.addService({ cluster: 'shop', name: 'web-ecs', ran });
  shop.serveProduction(() => versions.get(service.rollouts[0]?.taskDefinition ?? '') ?? bad);
  github.afterRun = (_repository, run) => {
    const release = [good, bad].find(({ commit }) => commit === run.sha);
    if (release) aws.deployService(service, register(release));
  };
}

function faultyChange({ cloud }: Stage): string {
  const all = [...cloud.github.repository().commits.values()];
  const faulty = all.find(({ message }) =>
    message.startsWith('Read tax rates from the pricing service (#'),
  );
  return faulty?.sha ?? '';
}

/** The pipeline of the branch, as it runs by itself once the revert is merged. */
function releaseWhatWasMerged(stage: Stage): void {
  const { azure, github } = stage.cloud;
  const merged = github
    .repository()
    .pulls.find(({ title, mergeSha }) => mergeSha && title.startsWith('Revert'));
  if (!merged?.mergeSha || liveOn(stage.cloud) === '2.4.1') return;
  azure.deployTo('production', {
    ...stage.world.good,
    version: '2.4.1',
    commit: merged.mergeSha,
    message: 'Release 2.4.1',
    deployedAt: new Date(stage.clock.now()).toISOString(),
  });
}
