import { Refusal } from '../../errors.ts';
import type { Json } from '../../operation.ts';
import { type Parameter, PLACEHOLDER } from './operation-settings.ts';

const LONGEST = 200;

export type Values = Readonly<Record<string, string>>;

/**
 * The values for the declared parameters, defaults filled in. Whatever their pattern allows, a value has no control
 * character, does not begin with `-` and does not go up a directory.
 * @throws Refusal `invalid-input` that names the parameter.
 */
export function parameterValues(
  input: Json,
  parameters: Readonly<Record<string, Parameter>>,
): Values {
  const given = isRecord(input) ? input : {};
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(parameters, name)) continue;
    throw new Refusal('invalid-input', `There is no parameter ${name.slice(0, 40)}.`, name);
  }
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const value = (Object.hasOwn(given, name) ? given[name] : parameter.default) ?? '';
    const fault = typeof value === 'string' ? faultOf(value, parameter) : 'is not a text';
    if (typeof value !== 'string' || fault !== undefined) {
      throw new Refusal('invalid-input', `The parameter ${name} ${fault}.`, name);
    }
    return [name, value] as const;
  });
  return Object.fromEntries(values);
}

/** The arguments with each `{name}` replaced; one argument stays one argument, whatever the value. */
export function filled(argv: readonly string[], values: Values): readonly [string, ...string[]] {
  const [program = '', ...args] = argv;
  const fill = (text: string): string =>
    text.replace(PLACEHOLDER, (whole, name: string) => values[name] ?? whole);
  return [program, ...args.map(fill)];
}

function faultOf(value: string, { pattern, description }: Parameter): string | undefined {
  if (value === '') return 'is missing';
  if (value.length > LONGEST) return `is longer than ${LONGEST} characters`;
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(value)) return 'has a control character in it';
  if (value.startsWith('-')) return 'begins with -, like an option';
  if (value.split(/[/\\]/).includes('..')) return 'goes up a directory with ..';
  if (!new RegExp(`^(?:${pattern})$`, 'u').test(value)) {
    return description === undefined ? `does not match ${pattern}` : `should be ${description}`;
  }
  return undefined;
}

export function isRecord(input: Json): input is { readonly [key: string]: Json } {
  return typeof input === 'object' && input !== null && !Array.isArray(input);
}
