import type { Component, Mitigation } from '../../component.ts';
import type { ConfiguredOperation } from './operation-settings.ts';
import { parameterValues } from './parameters.ts';
import { placeName, shellLine } from './place.ts';
import type { CommandSettings } from './schema.ts';

/** The configured operations that people may ask for by name; the one word they say is the one parameter. */
export function mitigationsOf({
  operations,
  where,
}: CommandSettings): NonNullable<Component['mitigations']> {
  return Object.fromEntries(
    Object.entries(operations)
      .filter(([, { mitigation }]) => mitigation)
      .map(([name, configured]) => [name, mitigationOf(name, configured, placeName(where))]),
  );
}

function mitigationOf(name: string, configured: ConfiguredOperation, place: string): Mitigation {
  const [declared] = Object.entries(configured.parameters);
  const title = configured.title ?? `Run ${shellLine(configured.run)} on ${place}`;
  if (!declared) {
    return { title, call: async () => ({ operation: name, input: {} }) };
  }
  const [parameter, { description, pattern, default: usual }] = declared;
  return {
    title,
    value: {
      about: `${parameter} for ${name}: ${description ?? pattern}`,
      optional: usual !== undefined,
    },
    call: async ({ value }) => ({
      operation: name,
      input: parameterValues(
        value === undefined ? {} : { [parameter]: value },
        configured.parameters,
      ),
    }),
  };
}
