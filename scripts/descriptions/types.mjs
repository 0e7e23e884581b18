// Schemas from the types of a vendor's own package, where it publishes no description but those.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The types that `source` exports, and those they lead to, as JSON Schemas that refer to each other in `vendor`'s description.
 * @param dir where the packages are installed, `ts-json-schema-generator` among them.
 */
export function schemasOfTypes(dir, vendor, source) {
  writeFileSync(join(dir, `${vendor}.ts`), source);
  const compilerOptions = {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2022',
    strict: true,
    skipLibCheck: true,
    types: [],
  };
  const project = { compilerOptions, files: [`${vendor}.ts`] };
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify(project));
  const bin = 'node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js';
  const flags = ['--type', '*', '--no-type-check', '--jsDoc', 'none', '--out', `${vendor}.json`];
  const files = ['--path', `${vendor}.ts`, '--tsconfig', 'tsconfig.json'];
  execFileSync(process.execPath, [join(dir, bin), ...files, ...flags], {
    cwd: dir,
    stdio: 'inherit',
  });
  const { definitions } = JSON.parse(readFileSync(join(dir, `${vendor}.json`), 'utf8'));
  return Object.fromEntries(
    Object.entries(definitions).map(([name, one]) => [plain(name), renamed(one, vendor)]),
  );
}

/** Those of `schemas` that the operations lead to, whatever is between them. */
export function reached(schemas, operations) {
  const kept = {};
  const visit = (value) => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, one] of Object.entries(value)) {
      if (key !== '$ref' || typeof one !== 'string') visit(one);
      else {
        const name = one.split('/').at(-1);
        if (kept[name] || !schemas[name]) continue;
        kept[name] = schemas[name];
        visit(schemas[name]);
      }
    }
  };
  visit(operations);
  return kept;
}

/** A field that a type does not name is wrong, though the type would let it pass (`[name: string]: unknown`). */
export function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const made = Object.fromEntries(Object.entries(schema).map(([key, one]) => [key, closed(one)]));
  const isOpen = made.properties && JSON.stringify(made.additionalProperties) === '{}';
  return isOpen ? { ...made, additionalProperties: false } : made;
}

/** An object of these fields and no others. */
export function object(properties, required = []) {
  return { type: 'object', properties, required, additionalProperties: false };
}

/** `CollectionProp<EntryProps<alias-…>>` says where in a file a type stands; what is left of it here is a name. */
function plain(name) {
  return name
    .replace(/-?alias-[\w.-]+/g, '')
    .replace(/\W+/g, '_')
    .replace(/_$/, '');
}

function renamed(schema, vendor) {
  if (Array.isArray(schema)) return schema.map((one) => renamed(one, vendor));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, value]) => {
      if (key !== '$ref') return [key, renamed(value, vendor)];
      const name = plain(decodeURIComponent(value.replace('#/definitions/', '')));
      return [key, `${vendor}#/schemas/${name}`];
    }),
  );
}
