/** What travels with a modal, and what comes back from it. */

import { z } from 'zod';

/** Slack's limit on private metadata. */
const METADATA_LIMIT = 3000;
/** As much of a message as surely fits, with every character escaped. */
const SHORT = 300;

const Metadata = z.object({
  incident: z.string().min(1).optional(),
  /** The plan, run or other thing that the modal is about. */
  ref: z.string().min(1).optional(),
  /** The step of the run that it is about. */
  step: z.string().min(1).optional(),
  /** True for the form of a drill. */
  drill: z.boolean().optional(),
  /** The group of alerts that the form was opened for. */
  alert: z.string().min(1).optional(),
  /** The message that the form was opened from. */
  message: z
    .object({
      channel: z.string().min(1),
      ts: z.string().min(1),
      text: z.string(),
      author: z.string().exactOptional(),
      /** The first message of the thread that it is in. */
      thread: z.string().exactOptional(),
    })
    .optional(),
  /** Where an answer to the person goes who asked for the modal. */
  responseUrl: z.url().optional(),
});

export type Metadata = z.infer<typeof Metadata>;

/** The private metadata of a modal; ids and no more, for what they stand for is looked up again. */
export function metadataOf(metadata: Metadata): string {
  const text = JSON.stringify(metadata);
  if (text.length <= METADATA_LIMIT) return text;
  const { responseUrl: _long, message, ...ids } = metadata;
  const short = message && { message: { ...message, text: message.text.slice(0, SHORT) } };
  return JSON.stringify({ ...ids, ...short });
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
  readonly selected_options?: readonly { readonly value?: string | undefined }[] | null | undefined;
  readonly selected_user?: string | null | undefined;
  /** Epoch seconds. */
  readonly selected_date_time?: number | null | undefined;
  readonly selected_option?: { readonly value?: string | undefined } | null | undefined;
}

/** What was entered, by field; an input left empty is the empty string, several choices are joined by commas. */
export function fieldsOf(values: ViewValues): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).map(([field, byAction]) => {
      const [entered] = Object.values(byAction);
      const ticked = entered?.selected_options?.map(({ value = '' }) => value).join(',');
      const time = entered?.selected_date_time;
      const chosen = entered?.selected_option?.value ?? entered?.selected_user ?? ticked;
      return [field, entered?.value ?? chosen ?? (time ? String(time) : '')];
    }),
  );
}
