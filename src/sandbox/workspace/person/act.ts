/** Pressing, choosing, typing and submitting: what is told to the listeners and what is sent to the app. */
import type { Ack } from '../app-link.ts';
import { sendBlockAction, sendViewSubmission } from '../interaction.ts';
import { asObject, asText, type Json } from '../json.ts';
import type { Answer, Deed } from '../live.ts';
import { who } from '../live.ts';
import { chosenText, textOf } from '../render/elements.ts';
import { type InputValue, type ViewRecord, valueKey } from '../view-record.ts';
import { complaintsOf } from './complaints.ts';
import {
  actionOf,
  type Control,
  controlsOf,
  isButton,
  overflowOption,
  reported,
} from './controls.ts';
import {
  accepted,
  findControl,
  keepValue,
  notify,
  type Place,
  placeOf,
  type Self,
} from './self.ts';

export interface Press extends Place {
  /** The answer to a confirm dialog, if one is shown; default yes. After a no, nothing is sent. */
  readonly confirm?: 'yes' | 'no';
}

/** Presses the newest button with the label, or takes the option of an overflow menu. Undefined after a no. */
export async function press(self: Self, label: string, options: Press): Promise<Ack | undefined> {
  const { page } = self;
  const control = await findControl(
    self,
    `button "${label}"`,
    options,
    (entry) => isButton(entry, label) || overflowOption(entry, label, page) !== undefined,
  );
  return pressControl(self, control, overflowOption(control, label, page), options);
}

/** Presses this button, or takes the option of this overflow menu. Undefined after a no. */
export async function pressControl(
  self: Self,
  control: Control,
  option: Json | undefined,
  options: Press = {},
): Promise<Ack | undefined> {
  const deed = {
    did: 'click',
    where: placeOf(self, control),
    label: option ? textOf(option['text'], self.page) : control.label,
    actionId: actionOf(control).action_id,
  } as const;
  const fields = option ? { selected_option: reported(option) } : {};
  return send(self, control, deed, fields, options);
}

/** Puts a choice into a control; tells the app unless it is an input that waits for the submission. */
export async function change(
  self: Self,
  control: Control,
  value: InputValue,
  options: Press,
): Promise<Ack | undefined> {
  const values = keepValue(self, control, value);
  if (control.isInput && control.block['dispatch_action'] !== true) return undefined;
  const { action_id, block_id } = actionOf(control);
  const page = { ...self.page, inputOf: () => value };
  const deed = {
    did: 'choose',
    where: placeOf(self, control),
    label: control.label,
    actionId: action_id,
    option: chosenText(control.element, block_id, page),
  } as const;
  return send(self, control, deed, value, options, values);
}

async function send(
  self: Self,
  control: Control,
  deed: Extract<Deed, { did: 'click' | 'choose' }>,
  fields: Json,
  options: Press,
  values?: ReadonlyMap<string, InputValue>,
): Promise<Ack | undefined> {
  const confirm = asObject(control.element['confirm']);
  if (confirm && options.confirm === 'no') return undefined;
  const asked = confirm && deed.did === 'click' ? { confirmed: confirm } : {};
  tell(self, { ...deed, ...asked });
  const kept =
    values ?? ('message' in control.source ? self.values(control.source.message) : undefined);
  const action = { ...actionOf(control), ...fields };
  const ack = await sendBlockAction(self.slack, self.id, control.source, action, kept);
  return accepted(self, `use "${deed.label}"`, ack);
}

/** Submits the modal as Slack's client would: not while a required input is empty. */
export async function submitModal(self: Self, view: ViewRecord): Promise<Ack> {
  const title = textOf(view.body.title, self.page);
  if (!view.body.submit) throw new Error(`The modal "${title}" has no submit button.`);
  const refusals = complaintsOf(view, self.page);
  if (refusals.length > 0) {
    throw new Error(`${self.name} cannot submit "${title}": ${refusals.join('; ')}.`);
  }
  tell(self, { did: 'submit', viewId: view.id, title, answers: answersOf(self, view) });
  const ack = await sendViewSubmission(self.slack, self.id, view);
  const errors = ack.errors ?? {};
  self.complain(view, errors);
  const complaints = complaintsUnder(self, view, errors);
  if (complaints.length > 0) notify(self, `is asked to correct "${title}"`, complaints);
  return accepted(self, `submit "${title}"`, ack);
}

/** Slack's complaints with the labels of their inputs. */
export function complaintsUnder(
  self: Self,
  view: ViewRecord,
  errors: Readonly<Record<string, string>>,
): readonly Answer[] {
  return controlsOf({ view }, view.body.blocks, self.page).flatMap((control) => {
    const error = errors[asText(control.block['block_id']) ?? ''];
    return error === undefined ? [] : [{ label: control.label, answer: error }];
  });
}

function answersOf(self: Self, view: ViewRecord): readonly Answer[] {
  const page = {
    ...self.page,
    inputOf: (block: string, action: string) => view.values.get(valueKey(block, action)),
  };
  return controlsOf({ view }, view.body.blocks, page).flatMap((control) => {
    const blockId = asText(control.block['block_id']) ?? '';
    const answer = chosenText(control.element, blockId, page);
    return answer === '' ? [] : [{ label: control.label, answer }];
  });
}

/** Tells the listeners what the person did. */
export function tell(self: Self, deed: Deed): void {
  self.slack.tell({ kind: 'person', person: who(self.slack.state, self.id), ...deed });
}
