import { describe, expect, it, type TestContext } from 'vitest';
import { createStage, type Stage } from '../../src/sandbox/stage.ts';
import { MANIFEST } from '../support/a-bot.ts';
import { backstop, installed } from '../support/command-line.ts';
import { PATIENT } from '../support/patient.ts';

async function aStage({ onTestFinished }: TestContext, manifest = MANIFEST): Promise<Stage> {
  const stage = await createStage(manifest, Date.now());
  onTestFinished(() => stage.close());
  return stage;
}

describe.concurrent('backstop doctor', PATIENT, () => {
  it('finds everything as it should be, and changes nothing', async (test) => {
    const stage = await aStage(test);
    stage.cloud.shop.stayBroken(false);

    const { code, stdout, stderr } = await backstop(['doctor'], installed(test, stage));

    expect(stderr).toBe('');
    expect(stdout).toMatch(/^ok +Slack +bot token +Backstop in .*every scope granted$/im);
    for (const check of ['incidents channel', 'user group S\\w+', 'app token']) {
      expect(stdout).toMatch(new RegExp(`^ok +Slack +${check} `, 'm'));
    }
    expect(stdout).not.toMatch(/^(FAIL|\?)/m);
    expect(stdout).toMatch(/Ready: backstop\.yaml works\.\n$/);
    expect(code).toBe(0);
    expect(stage.cloud.azure.mutations).toEqual({});
    const reads = [
      'auth.test',
      'conversations.info',
      'usergroups.users.list',
      'apps.connections.open',
    ];
    expect(new Set(stage.workspace.calls.map(({ method }) => method))).toEqual(new Set(reads));
  });

  it('says of each thing that is wrong what to do about it, and shows no secret', async (test) => {
    const stage = await aStage(test, MANIFEST.replace(/^ +- pins:write\n/m, ''));
    const { workspace } = stage;
    const incidents = [...workspace.state.channels.values()].find(
      ({ name }) => name === 'incidents',
    );
    incidents?.members.splice(incidents.members.indexOf(workspace.state.botUserId), 1);
    const [group] = workspace.state.groups.values();
    group?.members.splice(0);
    const around = installed(test, stage, (text) =>
      text.replace(/url: (http:\/\/127\.0\.0\.1):\d+\/checkout/, 'url: $1:9/checkout'),
    );
    const env = {
      ...around.env,
      SLACK_APP_TOKEN: 'xapp-not-this-one',
      AZURE_TOKEN: 'not-this-one-either',
      GITHUB_TOKEN: 'nor-this-one',
    };

    const { code, stdout, stderr } = await backstop(['doctor'], { ...around, env });

    expect(stderr).toBe('');
    for (const [found, next] of [
      [
        /^FAIL +Slack +bot token +lacks pins:write$/m,
        /bot token: Update the app from manifest\.yml and reinstall/,
      ],
      [
        /^FAIL +Slack +incidents channel +the bot is not in #incidents$/m,
        /incidents channel: Invite it there: \/invite/,
      ],
      [
        /^FAIL +Slack +user group S\w+ +nobody is in it$/m,
        /user group S\w+: Add people to the group/,
      ],
      [/^FAIL +Slack +app token +Slack answers invalid_auth$/m, /app token: Put a valid token/],
      [/^FAIL +checkout production +.*(acme-checkout|Azure)/im, /checkout production, .*Azure/i],
      [/^FAIL +checkout production +.*acme\/checkout/im, /checkout production, .*token/i],
      [
        /^(FAIL|warn|\?) +checkout production +probe checkout/m,
        /probe checkout: Check the address/,
      ],
    ] as const) {
      expect(stdout).toMatch(found);
      expect(stdout).toMatch(next);
    }
    expect(stdout).toMatch(/\d+ of \d+ checks failed\.\n$/);
    expect(stdout).not.toMatch(/not-this-one|nor-this-one|undefined/);
    expect(code).toBe(1);
  });

  it('says so when Slack refuses the token', async (test) => {
    const around = installed(test, await aStage(test));
    const env = { ...around.env, SLACK_BOT_TOKEN: 'xoxb-not-this-one' };
    const { code, stdout } = await backstop(['doctor'], { ...around, env });
    expect(stdout).toMatch(/^FAIL +Slack +bot token +Slack answers invalid_auth$/m);
    expect(stdout).toMatch(/bot token: Put a valid token into the configuration/);
    expect(code).toBe(1);
  });

  it('does not take silence for an answer', async (test) => {
    const stage = await aStage(test);
    stage.workspace.faults.unreachable(true);
    const { code, stdout } = await backstop(['doctor'], installed(test, stage));
    expect(stdout).toMatch(/^\? +Slack +bot token +Slack answers nothing$/m);
    expect(stdout).toMatch(/bot token: .*status\.slack\.com/);
    expect(code).toBe(1);
  });
});
