/**
 * A person who does not give up: when Backstop did not answer, they wait until it is back, look whether what they did
 * has been taken, and do it again only if not. What was acknowledged is never done again.
 */

import type { Stage } from '../../src/sandbox/stage.ts';
import type { Person } from '../../src/sandbox/workspace/person.ts';
import type { BotProcess } from './bot-process.ts';
import { instant } from './instant.ts';

/** One thing a person did, and what became of it. */
export interface Act {
  readonly words: string;
  /** Slack said that Backstop had taken it. */
  readonly acked: boolean;
  /** The instant at which it did. */
  readonly ackedAt: number | undefined;
  /** It is in the journal. */
  readonly recorded: boolean;
}

export interface Surroundings {
  readonly stage: Stage;
  readonly bot: BotProcess;
  /** Whether the journal has the delivery. */
  readonly isRecorded: (delivery: string) => boolean;
  /** Whether this act, counted from 0, is a decision: in the run that nobody disturbed it was recorded. */
  readonly isDecision: (act: number) => boolean;
  readonly acts: Act[];
  /** Whether this look, counted from 0, found an answer to the person alone, which a crash may take away. */
  readonly isAnswer: (look: number) => boolean;
  /** Whether each look so far did. */
  readonly answers: boolean[];
}

type Ack = Awaited<ReturnType<Person['command']>> | undefined;

const TRIES = 5;
/** Real milliseconds after which somebody who saw nothing come of an act that was interrupted does it again. */
const WONDER_MS = 3_000;
const REST_MS = 150;
/** What somebody has seen whose answer was lost. */
const NOTHING = { isEphemeral: true } as Awaited<ReturnType<Person['sees']>>;

export function patient(person: Person, at: Surroundings): Person {
  const { stage, bot } = at;
  let deathsAtLast = 0;
  let again: (() => Promise<unknown>) | undefined;

  async function act<T extends Ack>(words: string, once: () => Promise<T>): Promise<T> {
    const isDecision = at.isDecision(at.acts.length);
    deathsAtLast = bot.deaths();
    again = undefined;
    for (let tried = 1; ; tried += 1) {
      await bot.up();
      const deaths = bot.deaths();
      const sent = stage.workspace.deliveries.length;
      const ack = await once().catch((error: unknown) => {
        // The button is gone: somebody was quicker, or it was taken after all.
        if (tried > 1 && /found no button/.test(String(error))) return undefined;
        throw error;
      });
      const answeredAt = instant();
      const ours = stage.workspace.deliveries.slice(sent).find(({ kind }) => kind !== 'event');
      const acked = ack?.status === 'ok';
      if (!acked) await comeBack(deaths);
      const recorded = ours !== undefined && at.isRecorded(deliveryOf(ours.payload));
      const isDone = acked || recorded || ack === undefined || (!isDecision && hasModal());
      if (!isDone && tried < TRIES) continue;
      at.acts.push({ words, acked, ackedAt: acked ? answeredAt : undefined, recorded });
      if (!recorded) again = () => closed().then(once);
      return ack as T;
    }
  }

  async function comeBack(deaths: number): Promise<void> {
    const end = Date.now() + WONDER_MS;
    while (bot.deaths() === deaths && Date.now() < end) await pause(10);
    await bot.up();
    await stage.workspace.settled(REST_MS);
  }

  /** A form that was open when Backstop was interrupted is never filled in any more, and covers what people click on. */
  async function closed(): Promise<void> {
    if (hasModal()) await person.closeModal({ all: true });
  }

  function hasModal(): boolean {
    return person.modal() !== undefined;
  }

  /** Looks; after an interruption the answer to an act may have been lost, and the act is repeated. */
  async function look<T>(
    see: (patience: { readonly timeoutMs?: number }) => Promise<T>,
  ): Promise<T> {
    const isInterrupted = (): boolean => bot.deaths() > deathsAtLast;
    const repeat = again;
    if (!repeat && !at.isAnswer(at.answers.length)) return see({});
    try {
      return await see(isInterrupted() ? { timeoutMs: WONDER_MS } : {});
    } catch (error) {
      if (!isInterrupted() || !repeat) throw error;
      await bot.up();
      await repeat().catch(() => undefined);
      return see({});
    }
  }

  async function sees(...[words, options]: Parameters<Person['sees']>): ReturnType<Person['sees']> {
    const seen = await look((patience) => person.sees(words, { ...options, ...patience })).catch(
      (error: unknown) => {
        const isLost = at.isAnswer(at.answers.length) && bot.deaths() > deathsAtLast;
        if (!isLost) throw error;
        return NOTHING;
      },
    );
    at.answers.push(seen.isEphemeral);
    return seen;
  }

  return {
    ...person,
    click: (label, options) => act(`click ${label}`, () => person.click(label, options)),
    command: (channel, line) => act(line, () => person.command(channel, line)),
    async submit() {
      const title = person.modal()?.title ?? 'a form';
      const ack = await act(`submit ${title}`, () => person.submit());
      // Taken, though Slack had no answer: the form is still open.
      if (ack.status !== 'ok' && person.modal()?.title === title) await person.closeModal();
      return ack;
    },
    sees,
    seesModal: (words, options) =>
      look((patience) => person.seesModal(words, { ...options, ...patience })),
    /** Each by its name: an upload that was interrupted may have been made twice. */
    files(channel) {
      const files = person.files(channel);
      return files.filter(({ name }, index) => files.findIndex((f) => f.name === name) === index);
    },
  };
}

/** The id under which Backstop remembers a delivery. */
function deliveryOf(payload: Readonly<Record<string, unknown>>): string {
  const {
    trigger_id: trigger,
    actions,
    view,
  } = payload as {
    readonly trigger_id?: string;
    readonly actions?: readonly { readonly action_ts?: string }[];
    readonly view?: { readonly id: string; readonly hash: string };
  };
  if (actions) return `${trigger} ${actions[0]?.action_ts}`;
  return view ? `${view.id} ${view.hash}` : (trigger ?? '');
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
