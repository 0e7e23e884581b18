/** Work that must not hold up the messages: a rate limit on the topic is no reason for an old card. */

export interface Beside {
  /**
   * Does the work unless work of that name is still under way; then it is to be asked for again.
   * True when it was done. @throws what the work throws.
   */
  run(name: string, work: () => Promise<void>): Promise<boolean>;
  /** Resolves when nothing is under way. */
  ended(): Promise<void>;
}

export function createBeside(): Beside {
  const underWay = new Map<string, Promise<void>>();
  return {
    async run(name, work) {
      if (underWay.has(name)) return false;
      const working = work().finally(() => underWay.delete(name));
      underWay.set(name, working);
      await working;
      return true;
    },
    async ended() {
      await Promise.allSettled(underWay.values());
    },
  };
}
