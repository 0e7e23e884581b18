/**
 * The places where a command can run, for tests of what must hold in each of them. What lies between is a stand-in for ssh, docker or
 * kubectl: each runs on this machine what it is told to, ssh by a login shell as the real one does.
 */

import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDocker } from '../compose/docker-stand-in.ts';

export type Place = 'this machine' | 'ssh' | 'a compose service' | 'a pod';
export const PLACES: readonly Place[] = ['this machine', 'ssh', 'a compose service', 'a pod'];

/** Writes a script of /bin/sh into the directory. @returns its path. */
export function script(directory: string, name: string, lines: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${lines}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Its last argument is a line for the login shell of the other end. */
export const SSH = `for line; do :; done
exec /bin/sh -c "$line"`;
/** Runs what stands after --, and says how that ended as kubectl does. */
const KUBECTL = `while [ "$1" != -- ]; do shift; done
shift
"$@"
code=$?
[ "$code" = 0 ] || echo "command terminated with exit code $code" >&2
exit "$code"`;

/** The setting `where` of a place, with its stand-in in the directory. */
export function where(place: Place, directory: string): Record<string, unknown> {
  const PATH = '/usr/bin:/bin';
  switch (place) {
    case 'this machine':
      return { kind: 'local' };
    case 'ssh': {
      const program = script(directory, 'ssh', SSH);
      return { kind: 'ssh', host: 'db1.example', program, clientEnv: { PATH } };
    }
    case 'a pod':
      return {
        kind: 'pod',
        namespace: 'shop',
        pod: 'worker-0',
        program: script(directory, 'kubectl', KUBECTL),
        clientEnv: { PATH },
      };
    case 'a compose service': {
      const docker = createDocker(directory);
      docker.set({ db: 'running' });
      return {
        kind: 'compose',
        project: 'production',
        directory,
        files: [join(directory, 'docker-compose.instance.yml')],
        envFile: join(directory, 'instances/production/.env'),
        service: 'db',
        program: join(docker.path, 'docker'),
        clientEnv: { PATH },
      };
    }
  }
}

/** Processes that have the mark among their arguments. */
export function alive(mark: string): readonly string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(mark);
    } catch {
      return false;
    }
  });
}

/** A line of /bin/sh that never ends, in a process that lives as long and has the mark among its arguments. */
export function hanging(mark: string): string {
  return `/bin/sh -c 'while :; do sleep 0.2; done' '${mark}'`;
}
