import type { Change } from '../../operation.ts';
import type { Container, TaskDefinition } from './task-definition.ts';

/** What else changes with a task definition: images, processor and memory, variables and secrets by name. Never a value. */
export function definitionChanges(from: TaskDefinition, to: TaskDefinition): readonly Change[] {
  const names = [...new Set([...from.containers, ...to.containers].map((one) => one.name))];
  return [
    ...sizeChange('processor units', from.cpu, to.cpu),
    ...sizeChange('memory (MiB)', from.memory, to.memory),
    ...names.flatMap((name) => {
      const is = (one: Container) => one.name === name;
      return containerChanges(name, from, to, from.containers.find(is), to.containers.find(is));
    }),
  ];
}

function containerChanges(
  name: string,
  from: TaskDefinition,
  to: TaskDefinition,
  old: Container | undefined,
  next: Container | undefined,
): readonly Change[] {
  const what = `container ${name}`;
  if (!old || !next) return [{ what, from: old?.image ?? 'none', to: next?.image ?? 'none' }];
  const image =
    old.image === next.image ? [] : [{ what: `image of ${what}`, from: old.image, to: next.image }];
  return [
    ...image,
    ...mapChanges(`variable of ${what}:`, old.environment, next.environment, from, to),
    ...mapChanges(`secret of ${what}:`, old.secrets, next.secrets, from, to),
  ];
}

function mapChanges(
  what: string,
  old: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
  from: TaskDefinition,
  to: TaskDefinition,
): readonly Change[] {
  const names = [...new Set([...old.keys(), ...next.keys()])].sort();
  return names
    .filter((name) => old.get(name) !== next.get(name))
    .map((name) => ({
      what: `${what} ${name}`,
      from: old.has(name) ? `as in ${from.name}` : 'not set',
      to: next.has(name) ? `as in ${to.name}` : 'not set',
    }));
}

function sizeChange(
  what: string,
  from: string | undefined,
  to: string | undefined,
): readonly Change[] {
  return from === to ? [] : [{ what, from: from ?? 'not set', to: to ?? 'not set' }];
}
