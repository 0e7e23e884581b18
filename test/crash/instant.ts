/** The moment it is, in milliseconds that all processes of this machine count alike. */
export function instant(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
