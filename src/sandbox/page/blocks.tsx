/** The blocks of a message or modal as Slack shows them (docs.slack.dev/reference/block-kit/blocks). */

import { asObject, asObjects, asText, type Json } from '../workspace/json.ts';
import { Element, type Place } from './elements.tsx';
import { Text } from './mrkdwn.tsx';

interface BlocksProps {
  readonly blocks: readonly Json[];
  readonly place: Place;
}

/** All but inputs, which only modals have. An edited message has new block ids: its place keeps a block the same, so that no click is lost. */
export function Blocks({ blocks, place }: BlocksProps) {
  return (
    <>
      {blocks.map((block, index) => (
        <Block key={index} block={block} place={place} />
      ))}
    </>
  );
}

/** One block; what the page does not know is named. */
export function Block({ block, place }: { readonly block: Json; readonly place: Place }) {
  const id = asText(block['block_id']) ?? '';
  switch (block['type']) {
    case 'header':
      return (
        <h2 class="block-header">
          <Text of={block['text']} />
        </h2>
      );
    case 'section':
      return <Section block={block} id={id} place={place} />;
    case 'context':
      return <Context block={block} />;
    case 'divider':
      return <hr />;
    case 'actions':
      return (
        <div class="block-actions">
          {asObjects(block['elements']).map((element, index) => (
            <Element
              key={asText(element['action_id']) ?? index}
              element={element}
              block={id}
              place={place}
            />
          ))}
        </div>
      );
    case 'image':
      return <img src={asText(block['image_url'])} alt={asText(block['alt_text']) ?? ''} />;
    default:
      return <p class="unknown">[{String(block['type'])} block]</p>;
  }
}

function Section(props: { readonly block: Json; readonly id: string; readonly place: Place }) {
  const { block, id, place } = props;
  const fields = asObjects(block['fields']);
  const accessory = asObject(block['accessory']);
  return (
    <div class="block-section">
      <div class="words">
        {asObject(block['text']) && (
          <p>
            <Text of={block['text']} />
          </p>
        )}
        {fields.length > 0 && (
          <div class="fields">
            {fields.map((field, index) => (
              <p key={index}>
                <Text of={field} />
              </p>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="accessory">
          <Element element={accessory} block={id} place={place} />
        </div>
      )}
    </div>
  );
}

function Context({ block }: { readonly block: Json }) {
  return (
    <div class="block-context">
      {asObjects(block['elements']).map((element, index) =>
        element['type'] === 'image' ? (
          <img
            key={index}
            src={asText(element['image_url'])}
            alt={asText(element['alt_text']) ?? ''}
          />
        ) : (
          <span key={index}>
            <Text of={element} />
          </span>
        ),
      )}
    </div>
  );
}
