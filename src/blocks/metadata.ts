/** What travels with a modal, and what comes back from it. */

import { z } from 'zod';

/** Slack's limit on private metadata. */
const METADATA_LIMIT = 3000;

const Metadata = z.object({
  incident: z.string().min(1).optional(),
  /** The plan, run or other thing that the modal is about. */
  ref: z.string().min(1).optional(),
  /** Where an answer to the person goes who asked for the modal. */
  responseUrl: z.url().optional(),
});

export type Metadata = z.infer<typeof Metadata>;

/** The private metadata of a modal; ids and no more, for what they stand for is looked up again. */
export function metadataOf(metadata: Metadata): string {
  const text = JSON.stringify(metadata);
  if (text.length <= METADATA_LIMIT) return text;
  const { responseUrl: _long, ...ids } = metadata;
  return JSON.stringify(ids);
}

/** The metadata of a modal; empty when the text is none of ours. */
export function readMetadata(text: string | undefined): Metadata {
  try {
    return Metadata.parse(JSON.parse(text ?? '{}'));
  } catch {
    // Whatever it was, it names nothing that we know; the caller then refuses by what is missing.
    return {};
  }
}

/** A modal's values as Slack sends them: by block, then by action. */
type ViewValues = Readonly<Record<string, Readonly<Record<string, ViewValue>>>>;

interface ViewValue {
  readonly value?: string | null | undefined;
  readonly selected_option?: { readonly value?: string | undefined } | null | undefined;
}

/** What was entered, by field; an input left empty is the empty string. */
export function fieldsOf(values: ViewValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([field, byAction]) => {
      const [entered] = Object.values(byAction);
      return [field, entered?.value ?? entered?.selected_option?.value ?? ''];
    }),
  );
}
