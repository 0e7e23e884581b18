import type { Incident } from '../incident.ts';
import type { Desk, Request } from './desk.ts';

/** Opening a channel takes a second; after this the person finds it by themselves. */
const LIMIT_MS = 25_000;

/** Tells the person which channel the incident has, as soon as it is open. */
export async function tellWhere(
  desk: Desk,
  { answer }: Pick<Request, 'answer'>,
  id: string,
  words: string,
): Promise<void> {
  const channel = await channelOf(desk, id);
  const where = channel ? `<#${channel.id}>` : 'its channel, which is being opened';
  const text = words.replace('{channel}', where);
  await answer({ text });
}

function channelOf({ loop }: Desk, id: string): Promise<Incident['channel']> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      unsubscribe();
      resolve(loop.incident(id)?.channel);
    };
    const timer = setTimeout(end, LIMIT_MS).unref();
    const unsubscribe = loop.subscribe((incident) => {
      if (incident.id === id && incident.channel) end();
    });
    if (loop.incident(id)?.channel) end();
  });
}
