/** One input block of a modal: label, field, hint and complaint. */

import { asObject, asObjects, asText, type Json } from '../workspace/json.ts';
import { localTime, momentAt } from './dates.ts';
import { Text, wordsOf } from './mrkdwn.tsx';
import { useReader } from './reader.ts';
import { Select } from './select.tsx';

interface InputProps {
  readonly id: string;
  readonly block: Json;
  readonly text: string;
  /** The chosen option, or those that are ticked. */
  readonly chosen: readonly Json[];
  /** The id of the chosen person, or the chosen time in seconds since 1970. */
  readonly picked: string;
  readonly error: string | undefined;
  readonly onType: (text: string) => void;
  readonly onChoose: (option: Json) => void;
  /** The id of a person or the seconds since 1970; null for nothing, of an option too. */
  readonly onPick: (value: string | null) => void;
  readonly onTick: (values: readonly string[]) => void;
}

/** A text to type, a select, a person, a time, or boxes to tick. */
export function Input(props: InputProps) {
  const { id, block, error } = props;
  const element = asObject(block['element']) ?? {};
  const { setting } = useReader();
  const people = setting.people.map(({ id: value, realName: text }) => ({ value, text: { text } }));
  const hint = wordsOf(block['hint']);
  const isMoment = element['type'] === 'datetimepicker';
  const isPerson = element['type'] === 'users_select';
  const isSelect = isPerson || element['type'] === 'static_select';
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
      {isSelect && (
        <Select
          isInForm
          element={isPerson ? { ...element, options: people } : element}
          chosen={isPerson ? people.find(({ value }) => value === props.picked) : props.chosen[0]}
          label={wordsOf(block['label'])}
          labelledBy={`${id}-label`}
          describedBy={describedBy}
          isInvalid={error !== undefined}
          onChoose={isPerson ? ({ value }) => props.onPick(asText(value) ?? null) : props.onChoose}
          onClear={block['optional'] === true ? () => props.onPick(null) : undefined}
        />
      )}
      {isMoment && <MomentField {...props} describedBy={describedBy} />}
      {!isSelect && !isMoment && (
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

/** A date with its time, in the zone of whoever reads, as Slack asks for it. */
function MomentField(props: InputProps & { readonly describedBy: string | undefined }) {
  const { me } = useReader();
  const { id, block, picked, error, describedBy, onPick } = props;
  return (
    <input
      id={id}
      type="datetime-local"
      value={picked === '' ? '' : localTime(Number(picked) * 1000, me.tz)}
      aria-invalid={error !== undefined}
      aria-describedby={describedBy}
      aria-required={block['optional'] !== true}
      onChange={({ currentTarget: { value } }) => {
        onPick(value === '' ? null : String(Math.floor(momentAt(value, me.tz) / 1000)));
      }}
    />
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
