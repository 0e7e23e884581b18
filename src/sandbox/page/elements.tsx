/** Buttons, menus and confirm dialogs of Block Kit (docs.slack.dev/reference/block-kit/block-elements). */

import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { ControlPlace } from '../browser/protocol.ts';
import { asObject, asObjects, asText, type Json } from '../workspace/json.ts';
import { Dialog } from './dialog.tsx';
import { Menu } from './menu.tsx';
import { Text, wordsOf } from './mrkdwn.tsx';
import { useReader } from './reader.ts';
import { Select } from './select.tsx';

/** Where blocks stand: in a message, or in a modal. */
export type Place = Pick<ControlPlace, 'channel' | 'ts' | 'view'>;

export interface ElementProps {
  readonly element: Json;
  readonly block: string;
  readonly place: Place;
}

/** One element of an actions block, or a section's accessory. */
export function Element(props: ElementProps) {
  switch (props.element['type']) {
    case 'button':
      return <Button {...props} />;
    case 'overflow':
      return <Overflow {...props} />;
    case 'static_select':
      return <MessageSelect key={props.block} {...props} />;
    case 'image': {
      const { element } = props;
      return <img src={asText(element['image_url'])} alt={asText(element['alt_text']) ?? ''} />;
    }
    default:
      return <span class="unknown">[{String(props.element['type'])}]</span>;
  }
}

function Button({ element, block, place }: ElementProps) {
  const { store } = useReader();
  const [isBusy, setBusy] = useState(false);
  const at = { ...place, block, action: asText(element['action_id']) ?? '' };
  const url = asText(element['url']);

  async function press(): Promise<void> {
    setBusy(true);
    if (url !== undefined) window.open(url, '_blank', 'noreferrer');
    await store.act({ act: 'press', at });
    setBusy(false);
  }

  return (
    <Confirmed confirm={asObject(element['confirm'])} act={() => void press()}>
      {(ask) => (
        <button
          type="button"
          class={`button ${asText(element['style']) ?? ''}`}
          aria-label={asText(element['accessibility_label'])}
          aria-busy={isBusy}
          data-action={at.action}
          onClick={() => (isBusy ? undefined : ask())}
        >
          <Text of={element['text']} />
        </button>
      )}
    </Confirmed>
  );
}

function Overflow({ element, block, place }: ElementProps) {
  const { store } = useReader();
  const chosen = useRef('');
  const at = { ...place, block, action: asText(element['action_id']) ?? '' };
  const items = asObjects(element['options']).map((option) => ({
    value: asText(option['value']) ?? '',
    label: wordsOf(option['text']),
  }));
  return (
    <Confirmed
      confirm={asObject(element['confirm'])}
      act={() => void store.act({ act: 'press', at, option: chosen.current })}
    >
      {(ask) => (
        <Menu
          label="More actions"
          items={items}
          onPick={(value) => {
            chosen.current = value;
            ask();
          }}
        />
      )}
    </Confirmed>
  );
}

function MessageSelect({ element, block, place }: ElementProps) {
  const { store } = useReader();
  const [chosen, setChosen] = useState<Json | undefined>(asObject(element['initial_option']));
  const at = { ...place, block, action: asText(element['action_id']) ?? '' };
  return (
    <Select
      element={element}
      chosen={chosen}
      label={wordsOf(element['placeholder']) || 'Choose'}
      onChoose={(option) => {
        setChosen(option);
        void store.act({ act: 'choose', at, option: asText(option['value']) ?? null });
      }}
    />
  );
}

interface ConfirmedProps {
  readonly confirm: Json | undefined;
  readonly act: () => void;
  /** What is pressed; `ask` acts, or asks first. */
  readonly children: (ask: () => void) => ComponentChildren;
}

/** Asks "are you sure" first, where the app wants that. */
function Confirmed({ confirm, act, children }: ConfirmedProps) {
  const [isAsking, setAsking] = useState(false);
  const close = (): void => setAsking(false);
  return (
    <>
      {children(confirm ? () => setAsking(true) : act)}
      {isAsking && confirm && (
        <Dialog
          isSmall
          title={wordsOf(confirm['title'])}
          onClose={close}
          footer={
            <>
              <button type="button" class="button" onClick={close}>
                {wordsOf(confirm['deny']) || 'Cancel'}
              </button>
              <button
                type="button"
                class={`button filled ${asText(confirm['style']) ?? 'primary'}`}
                onClick={() => {
                  close();
                  act();
                }}
              >
                {wordsOf(confirm['confirm']) || 'OK'}
              </button>
            </>
          }
        >
          <p>
            <Text of={confirm['text']} />
          </p>
        </Dialog>
      )}
    </>
  );
}
