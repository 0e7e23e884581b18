/** One input block of a modal: label, field, hint and complaint. */

import { asObject, asObjects, asText, type Json } from '../workspace/json.ts';
import { Text, wordsOf } from './mrkdwn.tsx';
import { Select } from './select.tsx';

interface InputProps {
  readonly id: string;
  readonly block: Json;
  readonly text: string;
  /** The chosen option, or those that are ticked. */
  readonly chosen: readonly Json[];
  readonly error: string | undefined;
  readonly onType: (text: string) => void;
  readonly onChoose: (option: Json) => void;
  readonly onTick: (values: readonly string[]) => void;
}

/** A text to type, or a select. */
export function Input(props: InputProps) {
  const { id, block, error } = props;
  const element = asObject(block['element']) ?? {};
  const hint = wordsOf(block['hint']);
  const isSelect = element['type'] === 'static_select';
  const isTicked = element['type'] === 'checkboxes' || element['type'] === 'radio_buttons';
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const describedBy = described === '' ? undefined : described;
  if (isTicked) return <Boxes {...props} element={element} />;
  return (
    <div class={error ? 'input wrong' : 'input'}>
      <label id={`${id}-label`} for={isSelect ? undefined : id}>
        {wordsOf(block['label'])}
        {block['optional'] === true && <span class="quiet"> (optional)</span>}
      </label>
      {isSelect ? (
        <Select
          element={element}
          chosen={props.chosen[0]}
          label={wordsOf(block['label'])}
          labelledBy={`${id}-label`}
          describedBy={describedBy}
          isInvalid={error !== undefined}
          onChoose={props.onChoose}
        />
      ) : (
        <TextField {...props} element={element} describedBy={describedBy} />
      )}
      {hint !== '' && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** Checkboxes, or radio buttons. */
function Boxes(props: InputProps & { readonly element: Json }) {
  const { id, block, element, chosen, error } = props;
  const isRadio = element['type'] === 'radio_buttons';
  const ticked = chosen.map(({ value }) => asText(value) ?? '');
  return (
    <fieldset class={error ? 'input wrong' : 'input'}>
      <legend>
        {wordsOf(block['label'])}
        {block['optional'] === true && <span class="quiet"> (optional)</span>}
      </legend>
      {asObjects(element['options']).map((option) => {
        const value = asText(option['value']) ?? '';
        const isOn = ticked.includes(value);
        const about = wordsOf(option['description']);
        return (
          <label class="box" key={value}>
            <input
              type={isRadio ? 'radio' : 'checkbox'}
              name={id}
              checked={isOn}
              onChange={() => {
                if (isRadio) props.onChoose(option);
                else props.onTick(isOn ? ticked.filter((v) => v !== value) : [...ticked, value]);
              }}
            />
            <span>
              <Text of={option['text']} />
              {about !== '' && <small>{about}</small>}
            </span>
          </label>
        );
      })}
      {error !== undefined && (
        <p class="error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

function TextField(
  props: InputProps & {
    readonly element: Json;
    readonly describedBy: string | undefined;
  },
) {
  const { id, block, element, text, error, describedBy, onType } = props;
  const common = {
    id,
    value: text,
    'aria-invalid': error !== undefined,
    'aria-describedby': describedBy,
    'aria-required': block['optional'] !== true,
    maxLength: Number(element['max_length'] ?? 3000),
    placeholder: wordsOf(element['placeholder']),
  };
  if (element['multiline'] === true) {
    return <textarea {...common} rows={4} onInput={(event) => onType(event.currentTarget.value)} />;
  }
  return <input {...common} type="text" onInput={(event) => onType(event.currentTarget.value)} />;
}
