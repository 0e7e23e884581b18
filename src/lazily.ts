/** Sequences that are worked on while they are walked through, as often as they are, and never held as a whole. */

export function mapped<T, U>(all: Iterable<T>, change: (each: T) => U): Iterable<U> {
  return {
    *[Symbol.iterator]() {
      for (const each of all) yield change(each);
    },
  };
}

export function filtered<T>(all: Iterable<T>, keep: (each: T) => boolean): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      for (const each of all) if (keep(each)) yield each;
    },
  };
}

export function after<T>(first: T, rest: Iterable<T>): Iterable<T> {
  return {
    *[Symbol.iterator]() {
      yield first;
      yield* rest;
    },
  };
}
