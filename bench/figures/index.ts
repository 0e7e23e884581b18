/** All benchmarks by name, in the order of the table; each runs in a process of its own. */

import type { Measure } from '../figure.ts';

export const BENCHMARKS: Readonly<Record<string, () => Promise<Measure>>> = {
  'acks-http': async () => (await import('./acks.ts')).acksOverHttp,
  'acks-socket': async () => (await import('./acks.ts')).acksOverSocket,
  appends: async () => (await import('./appends.ts')).appends,
  'plan-posted': async () => (await import('./plan-posted.ts')).plansPosted,
  'run-length': async () => (await import('./run-length.ts')).runLength,
  'first-call': async () => (await import('./first-call.ts')).firstCall,
  'cold-start': async () => (await import('./cold-start.ts')).coldStart,
  'journal-size': async () => (await import('./journal-size.ts')).journalSize,
  exports: async () => (await import('./exports.ts')).exports,
  'open-incidents': async () => (await import('./open-incidents.ts')).openIncidents,
  restart: async () => (await import('./restart.ts')).restart,
};
