/** What a container image is called, taken apart: which registry is asked for what. */

/** An image in a registry, by its repository and its digest or tag. */
export interface ImageName {
  /** The host with its port, `docker.io` where none is named. */
  readonly server: string;
  readonly repository: string;
  /** A digest, or a tag. */
  readonly reference: string;
}

const DOCKER_HUB = 'docker.io';
const REPOSITORY =
  /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha(?:256:[0-9a-f]{64}|512:[0-9a-f]{128})$/;

/** As container engines read it (github.com/distribution/reference); undefined for what is none of their names. */
export function imageName(image: string): ImageName | undefined {
  const [, head = '', rest] = /^([^/]+)\/(.+)$/.exec(image) ?? [];
  // The first part is a host only when it looks like one.
  const isHost = rest !== undefined && /[.:]|^localhost$/.test(head);
  const server = isHost ? head.toLowerCase() : DOCKER_HUB;
  const [before = '', digest] = (isHost ? rest : image).split('@', 2);
  const [, path = '', tag] = /^(.+?)(?::([^:/]*))?$/.exec(before) ?? [];
  const isHub = server === DOCKER_HUB || server === 'index.docker.io';
  const repository = isHub && !path.includes('/') ? `library/${path}` : path;
  // With both, the digest is what is pulled; with none, the tag `latest`.
  const reference = digest ?? tag ?? 'latest';
  if (!REPOSITORY.test(repository) || !(digest === undefined ? TAG : DIGEST).test(reference)) {
    return undefined;
  }
  return { server: isHub ? DOCKER_HUB : server, repository, reference };
}
