import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { describe, expect, it } from 'vitest';
import { VIEW } from '../../src/blocks/actions.ts';
import { keepMessageModal } from '../../src/blocks/keep-message.ts';
import { fieldsOf, metadataOf, readMetadata } from '../../src/blocks/metadata.ts';
import {
  declaredModal,
  declareModal,
  type ReasonView,
  reasonModal,
} from '../../src/blocks/modals.ts';
import {
  handoverModal,
  mergeModal,
  moreModal,
  noteModal,
  roleModal,
  statusModal,
  taskModal,
} from '../../src/blocks/more.ts';
import { noticeModal } from '../../src/blocks/status-page.ts';
import type { Incident } from '../../src/incident.ts';
import { checkView } from '../../src/sandbox/workspace/block-rules/views.ts';
import { draftNotice } from '../../src/status-page-draft.ts';
import { buttonsOf, wordsOf as wordsIn } from './reading.ts';
import {
  aPlan,
  aService,
  aStep,
  incidentAfter,
  lives,
  monitored,
  running,
  statesOf,
  stepDone,
  stepFailed,
  verified,
} from './support.ts';

/** They have functions, and tests, of their own. */
const OWN: readonly string[] = [
  'declare',
  'update',
  'notice',
  'note',
  'task',
  'role',
  'handover',
  'status',
  'merge',
  'prepare-release',
  'call-off',
  'choose-playbook',
  'go-on-in-playbook',
  'mitigate',
  'curate-entry',
  'keep-message',
];
const REASON_VIEWS = Object.values(VIEW).filter(
  (view) => !OWN.includes(view),
) as readonly ReasonView[];
const halted = incidentAfter(...running(), ...stepFailed());

function inputsOf({ blocks }: ModalView): readonly InputBlock[] {
  return (blocks as readonly KnownBlock[]).filter((block) => block.type === 'input');
}

function wordsOf({ blocks }: ModalView): string {
  return wordsIn({ blocks: blocks as readonly KnownBlock[] });
}

function input(view: ModalView, field: string): InputBlock['element'] & Record<string, unknown> {
  const found = inputsOf(view).find(({ block_id }) => block_id === field);
  if (!found) throw new Error(`The modal has no input ${field}.`);
  return { ...found.element };
}

/** Slack takes 100 options in a select, or 100 groups of them. */
describe('a form with more to choose from than a list of Slack takes', () => {
  const offered = (view: ModalView, field: string): readonly string[] => {
    const groups = input(view, field)['option_groups'] as readonly {
      readonly options: readonly { readonly value: string }[];
    }[];
    expect(groups.every(({ options }) => options.length <= 100)).toBe(true);
    return groups.flatMap(({ options }) => options.map(({ value }) => value));
  };

  it('offers every one of 250 services, and every environment', () => {
    const services = Array.from({ length: 250 }, (_, n) => ({
      ...aService(),
      id: `service-${n}`,
      name: `Service ${n}`,
      environments: { [`production-${n}`]: aService().environments['production'] ?? never() },
    }));

    const view = declareModal({ services, metadata: '{}' });

    expect(checkView(view, 'modal')).toEqual([]);
    expect(offered(view, 'service')).toEqual(services.map(({ id }) => id));
    expect(offered(view, 'environment')).toHaveLength(250);
  });

  it('offers every one of 150 incidents that may be the same', () => {
    const others = Array.from({ length: 150 }, (_, n) => ({ ...halted, id: `INC-${n + 2}` }));

    const view = mergeModal(halted, others);

    expect(checkView(view, 'modal')).toEqual([]);
    expect(offered(view, 'duplicate')).toEqual(others.map(({ id }) => id));
  });
});

function never(): never {
  throw new Error('The service has no production');
}

describe('the declare modal', () => {
  const form = {
    services: [aService(), { ...aService(), id: 'search', name: 'Search' }],
    metadata: '{}',
  };

  it('names its inputs as refusals name their fields', () => {
    const view = declareModal(form);

    expect(checkView(view, 'modal')).toEqual([]);
    expect(inputsOf(view).map(({ block_id }) => block_id)).toEqual([
      'title',
      'service',
      'environment',
      'summary',
      'private',
    ]);
  });

  it('is filled in with what is known', () => {
    const view = declareModal({
      ...form,
      title: 'Checkout <fails>',
      service: 'search',
      environment: 'staging',
    });

    expect(checkView(view, 'modal')).toEqual([]);
    expect(input(view, 'title')['initial_value']).toBe('Checkout <fails>');
    expect(input(view, 'service')['initial_option']).toMatchObject({ value: 'search' });
    expect(input(view, 'environment')['initial_option']).toMatchObject({ value: 'staging' });
  });

  it('chooses what there is only one of', () => {
    const { staging } = aService().environments;
    const only = { ...aService(), environments: staging ? { staging } : {} };
    const view = declareModal({ services: [only], metadata: '{}' });

    expect(input(view, 'service')['initial_option']).toMatchObject({ value: 'checkout' });
    expect(input(view, 'environment')['initial_option']).toMatchObject({ value: 'staging' });
  });

  it('tells Slack of a new environment select for another service', () => {
    const one = declareModal({ ...form, service: 'checkout' });
    const other = declareModal({ ...form, service: 'search' });

    expect(input(one, 'environment').action_id).not.toBe(input(other, 'environment').action_id);
    expect(inputsOf(one)[1]?.dispatch_action).toBe(true);
  });

  it('takes a title of 10,000 characters and 250 services', () => {
    const services = Array.from({ length: 250 }, (_, n) => ({
      ...aService(),
      id: `s${n}`,
      name: `Service ${n}`,
    }));
    const view = declareModal({ ...form, services, title: '🦊'.repeat(5000), service: 's249' });

    expect(checkView(view, 'modal')).toEqual([]);
    expect(input(view, 'service')['initial_option']).toMatchObject({ value: 's249' });
  });

  it('turns into the news that the incident is declared', () => {
    const before = statesOf(lives()['bad release'] ?? [])[0] ?? halted;

    expect(checkView(declaredModal(before), 'modal')).toEqual([]);
    expect(wordsOf(declaredModal(before))).toContain(
      '*INC-0001 is declared:* Checkout is failing\nIts channel is being opened; you will be invited in a moment.',
    );
    expect(wordsOf(declaredModal(halted))).toContain('Go on in <#C0INC1>.');
  });
});

it('the form that keeps a message offers 150 incidents with titles of any length', () => {
  const open = Array.from({ length: 150 }, (_, n) => ({
    ...halted,
    id: `INC-${1000 - n}`,
    title: '🦊'.repeat(500),
  }));
  const view = keepMessageModal(open, metadataOf({ incident: 'INC-1000' }));

  expect(checkView(view, 'modal')).toEqual([]);
  expect(input(view, 'incident')['initial_option']).toMatchObject({ value: 'INC-1000' });
});

describe('the modals that ask for a reason', () => {
  it.each(REASON_VIEWS)('%s keeps within what Slack takes and comes back as itself', (name) => {
    for (const ref of ['INC-0001-P1', 'INC-0001-R1', 'INC-0001-P9']) {
      const view = reasonModal(name, halted, { ref });

      expect(checkView(view, 'modal')).toEqual([]);
      expect(view.callback_id).toBe(name);
      expect(readMetadata(view.private_metadata)).toEqual({ incident: 'INC-0001', ref });
    }
  });

  it.each<[ReasonView, readonly string[]]>([
    ['override-response', ['response', 'reason']],
    ['override-severity', ['severity', 'reason']],
    ['done-by-hand', ['note']],
    ['break-glass', ['reason']],
  ])('%s asks for the fields that its flow refuses by', (name, fields) => {
    expect(inputsOf(reasonModal(name, halted, {})).map(({ block_id }) => block_id)).toEqual(fields);
  });

  it('say what will happen', () => {
    const glass = reasonModal('break-glass', halted, { ref: 'INC-0001-P1' });
    const cancel = reasonModal('cancel-run', halted, { ref: 'INC-0001-R1' });

    expect(wordsOf(glass)).toContain(
      '*Put checkout back to 2.3.1* (checkout production)\n1. Swap staging',
    );
    expect(wordsOf(glass)).toContain('You approve it alone, and it runs at once.');
    expect(wordsOf(cancel)).toContain('Nothing new is started. What was done stays done');
  });

  it('says what ending a step does, and what it may leave behind', () => {
    const endable = running(aPlan({ steps: [aStep({ endingLeaves: 'Half of it may be left.' })] }));
    const end = reasonModal('end-step', incidentAfter(...endable), {
      ref: 'INC-0001-R1',
      step: 'swap',
    });

    expect(wordsOf(end)).toContain('SIGTERM, and SIGKILL five seconds later.');
    expect(wordsOf(end)).toContain('Half of it may be left.');
    expect(readMetadata(end.private_metadata)).toMatchObject({ ref: 'INC-0001-R1', step: 'swap' });
  });

  it('know why an incident is over whose windows have all passed', () => {
    const life = [...running(), stepDone(), ...verified('recovered')];
    const passed = incidentAfter(...life, ...monitored(true));
    const watched = incidentAfter(...life, ...monitored(true).slice(0, -1));

    expect(input(reasonModal('resolve', passed, {}), 'reason')['initial_value']).toBe(
      'Every monitor window passed.',
    );
    expect(input(reasonModal('resolve', watched, {}), 'reason')['initial_value']).toBeUndefined();
  });
});

describe('metadata', () => {
  it('comes back as it went', () => {
    const metadata = {
      incident: 'INC-0001',
      ref: 'INC-0001-P1',
      responseUrl: 'https://hooks.example/1',
    };

    expect(readMetadata(metadataOf(metadata))).toEqual(metadata);
  });

  it('keeps the ids when an address is too long', () => {
    const responseUrl = `https://hooks.example/${'x'.repeat(4000)}`;

    expect(metadataOf({ incident: 'INC-0001', responseUrl }).length).toBeLessThanOrEqual(3000);
    expect(readMetadata(metadataOf({ incident: 'INC-0001', responseUrl }))).toEqual({
      incident: 'INC-0001',
    });
  });

  it.each([undefined, '', 'no JSON', '{"incident":7}', '[]'])(
    'is empty when it is none of ours: %s',
    (text) => {
      expect(readMetadata(text)).toEqual({});
    },
  );
});

describe('fieldsOf', () => {
  it('reads what was typed, chosen and left empty, by field', () => {
    expect(
      fieldsOf({
        title: { title: { value: 'It fails' } },
        service: { 'choose-service': { selected_option: { value: 'checkout' } } },
        environment: { 'environment.checkout': { selected_option: null } },
        summary: { summary: { value: null } },
      }),
    ).toEqual({ title: 'It fails', service: 'checkout', environment: '', summary: '' });
  });
});

describe('the menu of everything else, and its forms', () => {
  const states = Object.values(lives()).flatMap((moments) => statesOf(moments));

  it('keep within what Slack takes in every state of every life', () => {
    const others = states.slice(0, 200);
    const problems = states.flatMap((incident) =>
      [
        moreModal(incident, { hasPlaces: true, others }),
        noteModal(incident),
        taskModal(incident),
        roleModal(incident),
        handoverModal(incident),
        statusModal(incident),
        mergeModal(incident, others),
        noticeModal(incident, draftNotice(incident, 'Checkout', 60_000), ['status-page']),
      ].flatMap((view) => checkView(view, 'modal')),
    );

    expect(problems).toEqual([]);
  });

  it('offer only what can be done', () => {
    const closed = states.find(({ status }) => status === 'closed');
    if (!closed) throw new Error('No life ends closed');
    const labels = (incident: Incident): readonly string[] =>
      buttonsOf({
        blocks: moreModal(incident, { hasPlaces: false, others: [] }).blocks as KnownBlock[],
      }).map(({ text }) => text.text);

    expect(labels(incidentAfter())).toContain('Status update…');
    expect(labels(incidentAfter())).not.toContain('Status page…');
    expect(labels(incidentAfter())).not.toContain('Merge a duplicate…');
    expect(labels(closed)).not.toContain('Status update…');
    expect(labels(closed)).not.toContain('Add a follow-up…');
  });
});
