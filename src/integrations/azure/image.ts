/** A container image as people read it: `worker 2.3.1` for `acme.azurecr.io/shop/worker:2.3.1`, the short digest without a tag. */
export function imageLabel(image: string): string {
  const name = image.split('/').at(-1) ?? image;
  const [before = name, digest] = name.split('@sha256:');
  const [repository = before, tag] = before.split(':');
  if (tag !== undefined) return tag;
  return digest === undefined ? repository : `${repository}@${digest.slice(0, 12)}`;
}

/** True when the image is named by its digest, so that it is the same one whenever it is pulled. */
export function isPinned(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/i.test(image);
}

/** True when the name stands for whatever was pushed last. */
export function isMoving(image: string): boolean {
  if (isPinned(image)) return false;
  const name = image.split('/').at(-1) ?? image;
  return !name.includes(':') || /:(latest|stable|main|master|production)$/i.test(name);
}
