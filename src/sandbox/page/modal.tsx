/** A modal of the app: its inputs, what is wrong with them, and its buttons. */

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ModalInfo } from '../browser/protocol.ts';
import { asObject, asObjects, asText, type Json } from '../workspace/json.ts';
import { type InputValue, valueKey } from '../workspace/view-record.ts';
import { Block } from './blocks.tsx';
import { Dialog } from './dialog.tsx';
import { Input } from './input.tsx';
import { wordsOf } from './mrkdwn.tsx';
import { useReader } from './reader.ts';

type Errors = Readonly<Record<string, string>>;

/** Typed text is sent when the typing pauses, and before anything else is. */
const PAUSE_MS = 250;

interface ModalProps {
  readonly modal: ModalInfo;
  /** What must be seen above the page as well. */
  readonly children?: ComponentChildren;
}

/** One modal of the stack. What is typed is kept by the server, so that it survives a reload. */
export function Modal({ modal, children }: ModalProps) {
  const { store } = useReader();
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const [missing, setMissing] = useState<Errors>({});
  const [isBusy, setBusy] = useState(false);
  const unsent = useRef(new Map<string, () => Promise<boolean>>());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const errors = { ...modal.errors, ...missing };

  async function sendTyped(): Promise<void> {
    clearTimeout(timer.current);
    const sends = [...unsent.current.values()];
    unsent.current.clear();
    for (const send of sends) await send();
  }

  function type(block: Json, text: string): void {
    const { id, action, key } = placeOf(block);
    const at = { view: modal.id, block: id, action };
    setTyped({ ...typed, [key]: text });
    forget(id);
    unsent.current.set(key, () => store.act({ act: 'type', at, text }));
    clearTimeout(timer.current);
    timer.current = setTimeout(() => void sendTyped(), PAUSE_MS);
  }

  async function choose(block: Json, option: string | null): Promise<void> {
    const { id, action } = placeOf(block);
    forget(id);
    await sendTyped();
    await store.act({ act: 'choose', at: { view: modal.id, block: id, action }, option });
  }

  async function tick(block: Json, options: readonly string[]): Promise<void> {
    const { id, action } = placeOf(block);
    forget(id);
    await sendTyped();
    await store.act({ act: 'tick', at: { view: modal.id, block: id, action }, options });
  }

  function forget(block: string): void {
    const { [block]: _, ...others } = missing;
    setMissing(others);
  }

  async function submit(): Promise<void> {
    if (isBusy || !modal.submit) return;
    const empty = emptyInputs(modal, typed);
    setMissing(empty);
    const [first] = Object.keys(empty);
    if (first !== undefined) {
      document.getElementById(inputId(modal.id, first))?.focus();
      return;
    }
    setBusy(true);
    await sendTyped();
    await store.act({ act: 'submit', view: modal.id });
    setBusy(false);
  }

  return (
    <Dialog
      title={wordsOf(modal.title)}
      onClose={() => void store.act({ act: 'close', view: modal.id })}
      onCross={() => void store.act({ act: 'close', view: modal.id, all: true })}
      onSubmit={() => void submit()}
      footer={
        <>
          <button
            type="button"
            class="button"
            onClick={() => void store.act({ act: 'close', view: modal.id })}
          >
            {wordsOf(modal.close) || (modal.submit ? 'Cancel' : 'Close')}
          </button>
          {modal.submit && (
            <button type="submit" class="button filled primary" aria-busy={isBusy}>
              {wordsOf(modal.submit)}
            </button>
          )}
        </>
      }
    >
      {modal.blocks.map((block) => {
        const { id, key } = placeOf(block);
        if (block['type'] !== 'input') {
          return <Block key={id} block={block} place={{ view: modal.id }} />;
        }
        return (
          <Input
            key={key}
            id={inputId(modal.id, id)}
            block={block}
            text={typed[key] ?? textIn(modal.values[key])}
            chosen={chosenIn(modal.values[key])}
            error={errors[id]}
            onType={(text) => type(block, text)}
            picked={pickedIn(modal.values[key])}
            onChoose={({ value }) => void choose(block, asText(value) ?? null)}
            onPick={(value) => void choose(block, value)}
            onTick={(values) => void tick(block, values)}
          />
        );
      })}
      {children}
    </Dialog>
  );
}

function placeOf(block: Json): {
  readonly id: string;
  readonly action: string;
  readonly key: string;
} {
  const id = asText(block['block_id']) ?? '';
  const action = asText(asObject(block['element'])?.['action_id']) ?? '';
  return { id, action, key: valueKey(id, action) };
}

function inputId(view: string, block: string): string {
  return `${view}-${block}`;
}

function textIn(value: InputValue | undefined): string {
  return asText(value?.['value']) ?? '';
}

function chosenIn(value: InputValue | undefined): readonly Json[] {
  const one = asObject(value?.['selected_option']);
  return one ? [one] : asObjects(value?.['selected_options']);
}

function pickedIn(value: InputValue | undefined): string {
  const time = value?.['selected_date_time'];
  return typeof time === 'number' ? String(time) : (asText(value?.['selected_user']) ?? '');
}

/** What Slack's client itself would not send: a required input with nothing in it. */
function emptyInputs(modal: ModalInfo, typed: Readonly<Record<string, string>>): Errors {
  const empty = modal.blocks.filter((block) => {
    if (block['type'] !== 'input' || block['optional'] === true) return false;
    const { key } = placeOf(block);
    const value = modal.values[key];
    const isTyped = (typed[key] ?? textIn(value)) !== '';
    return !isTyped && chosenIn(value).length === 0 && pickedIn(value) === '';
  });
  const complaints = empty.map((block) => [
    placeOf(block).id,
    'Please complete this required field.',
  ]);
  return Object.fromEntries(complaints) as Errors;
}
