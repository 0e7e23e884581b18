import type { Surroundings } from '../command/where.ts';
import { CLIENT_ENV, type Server } from '../postgresql/server.ts';
import type { ComposeSettings } from './schema.ts';

/** The PostgreSQL server in a service, by the tools of its own container; backups go in and out as streams. */
export function serverIn(
  settings: ComposeSettings,
  database: NonNullable<ComposeSettings['database']>,
): Server {
  const { project, directory, files, envFile, program, clientEnv } = settings;
  const { service, user, password } = database;
  const inside: Surroundings = {
    where: {
      kind: 'compose',
      project,
      directory,
      files,
      envFile,
      program,
      clientEnv,
      service,
      remoteTimeout: true,
    },
    env: { ...CLIENT_ENV, PGUSER: user },
    secretEnv: password === undefined ? {} : { PGPASSWORD: password },
  };
  return {
    place: `PostgreSQL in service ${service} of compose project ${project}`,
    reading: inside,
    changing: inside,
    tool: (name) => name,
    seesFiles: false,
  };
}
