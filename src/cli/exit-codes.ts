/** What the exit code of `backstop` says; README.md has the same table. */
export const EXIT = {
  ok: 0,
  /** A check found something: `doctor`, `verify`, or a story that did not end as it should. */
  failed: 1,
  /** The command line is wrong. */
  usage: 2,
  /** backstop.yaml is wrong or missing. */
  configuration: 3,
  /** The journal cannot be used. */
  journal: 4,
  /** Slack or another system refuses. */
  outside: 5,
  /** No such incident. */
  notFound: 6,
  /** A fault in Backstop; start it again. */
  internal: 70,
  /** Nobody read the output to its end, so that it may be cut off: what other tools answer there too. */
  unread: 141,
} as const;
