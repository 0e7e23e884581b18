import { describe, expect, it } from 'vitest';
import {
  didYouMean,
  help,
  incidentList,
  refusalMessage,
  unknownService,
  unknownSubcommand,
} from '../../src/blocks/help.ts';
import { Refusal } from '../../src/errors.ts';
import { checkBlocks } from '../../src/sandbox/workspace/block-rules/blocks.ts';
import { aService, assessed, declared, incidentAfter, resolved, statesOf } from './support.ts';

const long = `<!channel> & ${'🦊'.repeat(5000)}`;

describe('help', () => {
  it.each(['incident', 'rollback', 'release', 'postmortem'] as const)(
    'for /%s is short and Slack takes it',
    (command) => {
      const { text, blocks } = help(command);

      expect(checkBlocks(blocks, 'message')).toEqual([]);
      expect(text.split('\n').length).toBeLessThanOrEqual(9);
      expect(text).toContain(`\`/${command} help\``);
    },
  );

  it('says more about a word', () => {
    expect(help('incident', 'merge').text).toBe(
      '`/incident merge INC-0002` closes INC-0002 as a duplicate of this incident',
    );
    expect(help('incident', 'nonsense').text).toBe(help('incident').text);
    expect(help('incident', 'constructor').text).toBe(help('incident').text);
  });

  it('escapes what is to be filled in', () => {
    expect(help('incident').text).toContain('`/incident resolve &lt;why it is over&gt;`');
  });
});

describe('a word that is no subcommand', () => {
  it.each([
    ['reslove', 'resolve'],
    ['lst', 'list'],
    ['comand', 'command'],
    ['HLEP', undefined],
    ['resolve', undefined],
    ['checkout', undefined],
    ['', undefined],
  ])('%s perhaps meant %s', (word, meant) => {
    expect(didYouMean('incident', word)).toBe(meant);
  });

  it('gets the nearest one, or the help', () => {
    expect(unknownSubcommand('incident', 'reslove').text).toBe(
      '/incident does not know “reslove”. Did you mean `/incident resolve`?',
    );
    expect(unknownSubcommand('postmortem', '<!here>').text).toBe(
      '/postmortem does not know “&lt;!here&gt;”. `/postmortem help` shows what it can do.',
    );
  });
});

describe('the list of incidents', () => {
  it('shows the open ones with severity, status and channel', () => {
    const { text } = incidentList([incidentAfter(...assessed()), incidentAfter(resolved())]);

    expect(text).toBe(
      '*1 open incident*\n*INC-0001* Checkout is failing (SEV1 :red_circle:, Identified) <#C0INC1>',
    );
  });

  it('says when there is none', () => {
    expect(incidentList([incidentAfter(resolved())]).text).toBe(
      'No incident is open. `/incident` declares one.',
    );
  });

  it('fits into a message with two hundred incidents of long titles', () => {
    const incident = statesOf(declared(() => long))[0] ?? incidentAfter();
    const { text, blocks } = incidentList(Array.from({ length: 200 }, () => incident));

    expect(checkBlocks(blocks, 'message')).toEqual([]);
    expect(text).toContain('*200 open incidents*');
    expect(text).toMatch(/and \d+ more$/);
  });
});

describe('an unknown service', () => {
  it('is answered with those that are known, and an example', () => {
    expect(unknownService('chekout', [aService()]).text).toBe(
      [
        'There is no service or environment “chekout”. These are known:',
        '`checkout`: `production`, `staging`',
        'For example `/rollback checkout production`',
      ].join('\n'),
    );
  });

  it('may be none at all, or very long', () => {
    expect(unknownService(undefined, [aService()]).text).toMatch(
      /^Say which service and environment\./,
    );
    expect(checkBlocks(unknownService(long, [aService()]).blocks, 'message')).toEqual([]);
  });
});

describe('a refusal', () => {
  it('keeps its mentions and makes quoted words harmless', () => {
    const refusal = new Refusal('out-of-date', 'This was declined by <@U0BEN>: <!channel> no');

    expect(refusalMessage(refusal).text).toBe('This was declined by <@U0BEN>: &lt;!channel&gt; no');
  });

  it('fits into a message however long it is', () => {
    expect(checkBlocks(refusalMessage(new Refusal('closed', long)).blocks, 'message')).toEqual([]);
  });
});
