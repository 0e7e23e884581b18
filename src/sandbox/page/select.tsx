/** A select of Block Kit: a button that opens a list with a search field. */

import type { RefObject } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { asObjects, asText, type Json } from '../workspace/json.ts';
import { wordsOf } from './mrkdwn.tsx';
import { closesOnEscape, usePopup } from './popup.ts';

interface SelectProps {
  readonly element: Json;
  readonly chosen: Json | undefined;
  /** What it is called where nothing is chosen. */
  readonly label: string;
  /** The id of the element that labels it, where there is one. */
  readonly labelledBy?: string;
  readonly describedBy?: string | undefined;
  readonly isInvalid?: boolean;
  /** In a form the list opens below the field and pushes the rest down; elsewhere it stands above everything. */
  readonly isInForm?: boolean;
  readonly onChoose: (option: Json) => void;
  /** Given where nothing may be chosen as well. */
  readonly onClear?: (() => void) | undefined;
}

interface Choice {
  readonly option: Json;
  readonly words: string;
  readonly about: string;
  readonly group: string;
}

/** Typing searches, arrow keys move, Enter chooses, Escape closes. */
export function Select(props: SelectProps) {
  const { element, chosen, label, labelledBy } = props;
  const [isOpen, setOpen] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { root, popup } = usePopup(isOpen, () => setOpen(false));
  const valueId = useId();
  const words = chosen ? wordsOf(chosen['text']) : '';

  function close(): void {
    setOpen(false);
    opener.current?.focus();
  }

  return (
    <div class="popup-root select" ref={root} onKeyDown={closesOnEscape(isOpen, close)}>
      <button
        type="button"
        class={words ? 'select-button' : 'select-button empty'}
        ref={opener}
        id={valueId}
        aria-haspopup="listbox"
        aria-expanded={isOpen}
        aria-labelledby={labelledBy ? `${labelledBy} ${valueId}` : undefined}
        aria-describedby={props.describedBy}
        data-invalid={props.isInvalid ? 'true' : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {words || wordsOf(element['placeholder']) || 'Select an option'}
        <span aria-hidden="true" class="caret">
          ▾
        </span>
      </button>
      {isOpen && (
        <Options
          popup={popup}
          isInForm={props.isInForm ?? false}
          label={label}
          choices={choicesOf(element)}
          chosen={asText(chosen?.['value'])}
          onClear={
            chosen &&
            props.onClear &&
            (() => {
              close();
              props.onClear?.();
            })
          }
          onChoose={(option) => {
            close();
            props.onChoose(option);
          }}
        />
      )}
    </div>
  );
}

interface OptionsProps {
  readonly popup: RefObject<HTMLDivElement | null>;
  readonly isInForm: boolean;
  readonly label: string;
  readonly choices: readonly Choice[];
  readonly chosen: string | undefined;
  readonly onChoose: (option: Json) => void;
  readonly onClear: (() => void) | undefined;
}

function Options(props: OptionsProps) {
  const { label, choices, chosen, onChoose, onClear } = props;
  const [sought, setSought] = useState('');
  const found = choices.filter(({ words }) => words.toLowerCase().includes(sought.toLowerCase()));
  const [active, setActive] = useState(
    Math.max(
      0,
      choices.findIndex(({ option }) => option['value'] === chosen),
    ),
  );
  const id = useId();
  const search = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useEffect(() => {
    search.current?.focus();
  }, []);
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active, sought]);

  function onKey(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined && event.key !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    if (step !== undefined) setActive((active + step + found.length) % (found.length || 1));
    else if (found[active]) onChoose(found[active].option);
  }

  return (
    <div class="popup" popover={props.isInForm ? undefined : 'manual'} ref={props.popup}>
      <input
        type="text"
        ref={search}
        role="combobox"
        placeholder="Search"
        aria-label={`Search: ${label}`}
        aria-expanded="true"
        aria-controls={id}
        aria-autocomplete="list"
        aria-activedescendant={found[active] ? `${id}-${active}` : undefined}
        value={sought}
        onInput={(event) => {
          setSought(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKey}
      />
      <div
        role="listbox"
        id={id}
        aria-label={label}
        ref={list}
        // The focus stays in the search field: where it went elsewhere, the list would close before the click.
        onMouseDown={(event) => event.preventDefault()}
      >
        {found.map(({ option, words, about, group }, index) => (
          <div key={`${group}/${String(option['value'])}`}>
            {group !== '' && group !== found[index - 1]?.group && (
              <div class="group" role="presentation">
                {group}
              </div>
            )}
            <div
              role="option"
              id={`${id}-${index}`}
              aria-selected={index === active}
              onPointerMove={() => setActive(index)}
              onClick={() => onChoose(option)}
            >
              {words}
              {about !== '' && <small>{about}</small>}
            </div>
          </div>
        ))}
      </div>
      {found.length === 0 && <p class="quiet">Nothing is called that.</p>}
      {onClear && (
        <button type="button" class="clear" onClick={onClear}>
          Clear selection
        </button>
      )}
    </div>
  );
}

function choicesOf(element: Json): readonly Choice[] {
  const choice =
    (group: string) =>
    (option: Json): Choice => ({
      option,
      words: wordsOf(option['text']),
      about: wordsOf(option['description']),
      group,
    });
  return [
    ...asObjects(element['options']).map(choice('')),
    ...asObjects(element['option_groups']).flatMap((group) =>
      asObjects(group['options']).map(choice(wordsOf(group['label']))),
    ),
  ];
}
