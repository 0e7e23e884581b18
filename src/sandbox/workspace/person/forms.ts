/** What a person does with modals, selects and other inputs. */
import type { Ack } from '../app-link.ts';
import { sendViewClosed } from '../interaction.ts';
import { textOf } from '../render/elements.ts';
import { renderView } from '../render/view.ts';
import type { ViewRecord } from '../view-record.ts';
import { change, complaintsUnder, type Press, submitModal, tell } from './act.ts';
import { type Control, isField, offers } from './controls.ts';
import { viewSays, type Words } from './screen.ts';
import { controlsInReach, findControl, type Place, type Self } from './self.ts';
import { until, within } from './until.ts';
import { chosenValue, typedValue } from './values.ts';

interface Choice extends Press {
  /** What is typed into an external select to find the option; its label when not given. */
  readonly typed?: string;
}

interface Modal {
  readonly title: string;
  /** The modal as it looks, with what has been filled in. */
  readonly text: string;
  /** Slack's complaints after the last submission, by the label of the input. */
  readonly errors: Readonly<Record<string, string>>;
}

export interface Forms {
  /** Chooses in a select, radio buttons, checkboxes or a date picker of a message, the home tab or a modal. */
  choose(label: string, option: string | readonly string[], options?: Choice): Promise<void>;
  /** The top modal, if one is open. */
  modal(): Modal | undefined;
  /** Waits for a modal, one that says the words if there are any. */
  seesModal(words?: Words, options?: { readonly timeoutMs?: number }): Promise<Modal>;
  /** Types into an input of the open modal, over what was there. */
  fill(label: string, value: string): Promise<void>;
  /** Chooses in an input of the open modal; waits for one to open. */
  pick(label: string, option: string | readonly string[], options?: Choice): Promise<void>;
  /** Submits the top modal. Throws, sending nothing, while a required input is empty. The app's complaints: `modal()`. */
  submit(): Promise<Ack>;
  /** Closes the top modal, or all of them. */
  closeModal(options?: { readonly all?: boolean }): Promise<void>;
}

/** The forms in front of one person. */
export function createForms(self: Self): Forms {
  const { slack, id, screen, page } = self;
  return {
    choose: (label, option, options = {}) => choose(self, label, option, options),
    modal: () => {
      const view = screen.modal();
      return view && modalOf(self, view);
    },
    seesModal: async (words, options = {}) => modalOf(self, await seenModal(self, words, options)),
    fill: async (label, value) => {
      const control = await field(self, label, {}, true);
      await change(self, control, typedValue(control, value), {});
    },
    pick: (label, option, options = {}) => choose(self, label, option, options, true),
    submit: async () => submitModal(self, await seenModal(self)),
    closeModal: async (options = {}) => {
      const view = await seenModal(self);
      tell(self, { did: 'close', viewId: view.id, title: textOf(view.body.title, page) });
      await sendViewClosed(slack, id, view, options);
    },
  };
}

async function choose(
  self: Self,
  label: string,
  option: string | readonly string[],
  options: Choice,
  inModal = false,
): Promise<void> {
  const { slack, id, page } = self;
  const labels = typeof option === 'string' ? [option] : option;
  const named = await field(self, label, options, inModal);
  const offering = await within(
    () =>
      controlsInReach(self, options).find(
        (control) => fits(self, control, label, inModal) && offers(control, labels, page),
      ),
    options.timeoutMs ?? self.patienceMs,
  );
  const control = offering ?? named;
  const value = await chosenValue(slack, id, control, labels, page, options.typed);
  await change(self, control, value, options);
}

function field(self: Self, label: string, place: Place, inModal: boolean): Promise<Control> {
  const what = `input "${label}"${inModal ? ' in a modal' : ''}`;
  return findControl(self, what, place, (control) => fits(self, control, label, inModal));
}

function fits(self: Self, control: Control, label: string, inModal: boolean): boolean {
  const inside = 'view' in control.source && control.source.view.type === 'modal';
  return (inside || !inModal) && isField(control, label, self.page);
}

function seenModal(
  self: Self,
  words?: Words,
  options: { readonly timeoutMs?: number } = {},
): Promise<ViewRecord> {
  const { screen } = self;
  const patience = options.timeoutMs ?? self.patienceMs;
  return until(
    () => {
      const view = screen.modal();
      const fits = view && (words === undefined || viewSays(screen, view, words, self.filled()));
      return fits ? view : undefined;
    },
    patience,
    () => {
      const what = words === undefined ? 'modal' : `modal that says ${String(words)}`;
      return `${self.name} saw no ${what} in ${patience} ms. In sight:\n${screen.describe()}`;
    },
  );
}

function modalOf(self: Self, view: ViewRecord): Modal {
  const filled = self.filled();
  const complaints = complaintsUnder(self, view, filled.errors ?? {});
  return {
    title: textOf(view.body.title, self.page),
    text: renderView(view, self.screen.names, filled, { now: self.slack.state.now() }),
    errors: Object.fromEntries(complaints.map(({ label, answer }) => [label, answer])),
  };
}
