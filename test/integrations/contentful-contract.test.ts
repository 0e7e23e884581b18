import { openContentfulBench, PLAYS, RESUME } from './contentful-bench.ts';
import { integrationContract } from './contract.ts';

for (const play of [...Object.values(PLAYS), RESUME]) {
  integrationContract(`Contentful, ${play.operation}`, () => openContentfulBench(play));
}
