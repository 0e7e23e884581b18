/** The few words of MongoDB's query language that Backstop and its tools use, for the stand-in of its server. */

import { BSON, type Document } from 'mongodb';

/** Whether it counts, rather than reads. */
export function isCount({ pipeline }: Document): boolean {
  return Array.isArray(pipeline) && pipeline.some((stage: Document) => stage['$group']);
}

/** What a pipeline makes of documents. @throws Error for a stage that is not known here. */
export function aggregated(
  documents: readonly Document[],
  pipeline: readonly Document[],
): Document[] {
  return pipeline.reduce<Document[]>(
    (found, stage) => {
      if (stage['$match']) return found.filter((one) => matches(one, stage['$match']));
      if (stage['$sample']) return found.slice(0, Number(stage['$sample'].size));
      if (stage['$group']) return found.length === 0 ? [] : [{ _id: 1, n: found.length }];
      throw new Error(`The stand-in does not know ${JSON.stringify(stage)}.`);
    },
    [...documents],
  );
}

/** Whether a document is one that is asked for. */
export function matches(document: Document, filter: Document): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    if (name === '$or') return (wanted as Document[]).some((each) => matches(document, each));
    if (name === '$and') return (wanted as Document[]).every((each) => matches(document, each));
    const value: unknown = document[name];
    if (typeof wanted === 'object' && wanted !== null && '$gt' in wanted)
      return isGreater(value, wanted.$gt);
    if (typeof wanted === 'object' && wanted !== null && '$not' in wanted)
      return !new RegExp(String(wanted.$not.pattern ?? wanted.$not.source)).test(String(value));
    return String(value) === String(wanted);
  });
}

/** Only values of one type are compared, as MongoDB does. */
function isGreater(value: unknown, than: unknown): boolean {
  if (value instanceof Date && than instanceof Date) return value.getTime() > than.getTime();
  if (value instanceof BSON.ObjectId && than instanceof BSON.ObjectId)
    return value.toHexString() > than.toHexString();
  return false;
}
