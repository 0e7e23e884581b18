import { z } from 'zod';
import type { Route } from '../http.ts';
import { githubError, notFound, validationFailed } from './errors.ts';
import { pageOf } from './paging.ts';
import { createRepositoryRoutes, type GitHubWorld, ok } from './route.ts';
import { type Ruleset, stamp } from './world.ts';

const NewRuleset = z.object({
  name: z.string().min(1),
  enforcement: z.enum(['disabled', 'active', 'evaluate']),
  target: z.enum(['branch', 'tag', 'push']).default('branch'),
  conditions: z.object({ ref_name: z.object({ include: z.array(z.string()) }) }).optional(),
  rules: z.array(z.looseObject({ type: z.string() })).default([]),
  bypass_actors: z.array(z.unknown()).default([]),
});

/** What GitHub answers for a private repository on a plan without rulesets. */
function noRulesets() {
  const message = 'Upgrade to GitHub Pro or make this repository public to enable this feature.';
  return githubError(403, message);
}

/** The repository itself, deployments recorded in it, and the rules that can freeze its branches. */
export function repositoryRoutes(world: GitHubWorld): readonly Route[] {
  const route = createRepositoryRoutes(world);
  const administer = 'administration=write';
  return [
    route({ call: 'GET repository', path: '', needs: 'metadata=read' }, (_call, r, records) =>
      ok({ ...records.repository(r), network_count: 0, subscribers_count: 0 }),
    ),
    route(
      { call: 'GET deployments', path: '/deployments', needs: 'deployments=read' },
      (call, r, records) => {
        const environment = call.query.get('environment');
        const deployments = r.deployments
          .filter((one) => !environment || one.environment === environment)
          .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
        return pageOf(call, deployments, (page) => page.map((one) => records.deployment(r, one)));
      },
    ),
    route(
      {
        call: 'GET deployment statuses',
        path: '/deployments/:deployment/statuses',
        needs: 'deployments=read',
      },
      (call, r, records) => {
        const found = r.deployments.find((one) => String(one.id) === call.params['deployment']);
        if (!found) return notFound();
        return pageOf(call, [...found.statuses].reverse(), (page) =>
          page.map((status) => records.status(r, found, status)),
        );
      },
    ),
    route({ call: 'GET rulesets', path: '/rulesets', needs: 'metadata=read' }, (call, r, records) =>
      pageOf(call, r.rulesets, (page) => page.map((one) => records.rulesetSummary(r, one))),
    ),
    route(
      { call: 'POST rulesets', path: '/rulesets', needs: administer, mutates: 'now' },
      (call, r, records) => {
        if (r.lacksRulesets) return noRulesets();
        const asked = NewRuleset.safeParse(call.body);
        if (!asked.success) {
          const fields = asked.error.issues.map((issue) => String(issue.path[0] ?? 'name'));
          const invalid = (field: string) => ({ resource: 'Ruleset', field, code: 'invalid' });
          return validationFailed(...fields.map(invalid));
        }
        const { conditions, bypass_actors: bypassActors, ...rest } = asked.data;
        if (r.rulesets.some((one) => one.name === rest.name)) {
          const message = 'Name must be unique';
          return validationFailed({ resource: 'Ruleset', code: 'custom', message });
        }
        const ruleset: Ruleset = {
          ...rest,
          id: Math.max(0, ...r.rulesets.map((one) => one.id)) + 1,
          include: conditions?.ref_name.include ?? [],
          bypassActors,
          createdAt: stamp(world.agenda.now()),
        };
        r.rulesets.push(ruleset);
        return { status: 201, body: records.ruleset(r, ruleset) };
      },
    ),
    route(
      { call: 'GET ruleset', path: '/rulesets/:ruleset', needs: 'metadata=read' },
      (call, r, records) => {
        const found = r.rulesets.find((one) => String(one.id) === call.params['ruleset']);
        return found ? ok(records.ruleset(r, found)) : notFound();
      },
    ),
    route(
      {
        call: 'DELETE ruleset',
        path: '/rulesets/:ruleset',
        needs: administer,
        mutates: 'now',
      },
      (call, r) => {
        const index = r.rulesets.findIndex((one) => String(one.id) === call.params['ruleset']);
        if (index === -1) return notFound();
        r.rulesets.splice(index, 1);
        return { status: 204 };
      },
    ),
  ];
}
