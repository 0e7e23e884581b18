/** Small rules that together check a piece of JSON, with the complaints and JSON pointers Slack answers with. */
import { asObject, type Json } from '../json.ts';

export type Surface = 'message' | 'modal' | 'home';

export interface Check {
  readonly surface: Surface;
  /** `complaint [json-pointer:/where]`, in the order found. */
  readonly problems: string[];
}

export type Rule = (value: unknown, at: string, check: Check) => void;

/** Notes one complaint about the place `at`. */
export function complain(check: Check, complaint: string, at: string): void {
  check.problems.push(`${complaint} [json-pointer:${at}]`);
}

/** A string of `min` to `max` characters (default at least 1), optionally of a given form. */
export function string(limits: { max: number; min?: number; form?: RegExp }): Rule {
  const min = limits.min ?? 1;
  return (value, at, check) => {
    if (typeof value !== 'string') complain(check, 'must be a string', at);
    else if (value.length < min) complain(check, `must be more than ${min - 1} characters`, at);
    else if (value.length > limits.max) {
      complain(check, `must be less than ${limits.max + 1} characters`, at);
    } else if (limits.form && !limits.form.test(value)) complain(check, 'invalid format', at);
  };
}

/** true or false. */
export const boolean: Rule = (value, at, check) => {
  if (typeof value !== 'boolean') complain(check, 'must be a boolean', at);
};

/** A whole number within the limits. */
export function integer(min: number, max: number): Rule {
  return (value, at, check) => {
    const inside = Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
    if (!inside) complain(check, `must be an integer from ${min} to ${max}`, at);
  };
}

/** One of the words. */
export function oneOf(...words: readonly (string | number)[]): Rule {
  return (value, at, check) => {
    if (!words.includes(value as string)) {
      complain(check, `must be one of: ${words.join(', ')}`, at);
    }
  };
}

/** An array of `min` to `max` items that each keep the rule. */
export function list(item: Rule, limits: { max: number; min?: number }): Rule {
  return (value, at, check) => {
    if (!Array.isArray(value)) {
      complain(check, 'must be an array', at);
      return;
    }
    const min = limits.min ?? 1;
    if (value.length < min) complain(check, `must be more than ${min - 1} items`, at);
    if (value.length > limits.max) complain(check, `no more than ${limits.max} items allowed`, at);
    for (const [index, entry] of value.entries()) item(entry, `${at}/${index}`, check);
  };
}

/** An object with these fields and no others; `type` is always allowed. */
export function shape(
  required: Readonly<Record<string, Rule>>,
  optional: Readonly<Record<string, Rule>> = {},
): Rule {
  return (value, at, check) => {
    const object = asObject(value);
    if (!object) {
      complain(check, 'must be an object', at);
      return;
    }
    for (const [key, rule] of Object.entries(required)) {
      if (object[key] === undefined) complain(check, `missing required field: ${key}`, at);
      else rule(object[key], `${at}/${key}`, check);
    }
    for (const [key, content] of Object.entries(object)) {
      if (key === 'type' || key in required || content === undefined) continue;
      const rule = optional[key];
      if (rule) rule(content, `${at}/${key}`, check);
      else complain(check, `invalid additional property: ${key}`, at);
    }
  };
}

/** An object whose `type` picks its rule. */
export function byType(rules: Readonly<Record<string, Rule>>): Rule {
  return (value, at, check) => {
    const type = asObject(value)?.['type'];
    if (typeof type !== 'string') {
      complain(check, 'missing required field: type', at);
      return;
    }
    const rule = Object.hasOwn(rules, type) ? rules[type] : undefined;
    if (rule) rule(value, at, check);
    else complain(check, `unsupported type: ${type}`, `${at}/type`);
  };
}

/** Only on the given surfaces; elsewhere the type counts as unsupported, as with Slack. */
export function only(surfaces: readonly Surface[], rule: Rule): Rule {
  return (value, at, check) => {
    if (surfaces.includes(check.surface)) rule(value, at, check);
    else complain(check, `unsupported type: ${String(asObject(value)?.['type'])}`, `${at}/type`);
  };
}

/** Both rules, one after the other. */
export function both(first: Rule, second: (object: Json, at: string, check: Check) => void): Rule {
  return (value, at, check) => {
    first(value, at, check);
    const object = asObject(value);
    if (object) second(object, at, check);
  };
}
