/** For tests that wait for real processes and sockets, on machines that have more to do. */
export const PATIENT = { timeout: 60_000 } as const;
