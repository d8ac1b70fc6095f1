import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { once } from 'node:events'
import { type Config, socketPath } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'

export const supervisorSocket = (config: Config): string => socketPath(config.stateDir, 'supervisor')

/** The folder may lie in the shared temporary directory, where another user could have made it first. */
function ensurePrivateFolder(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  if (!stat.isDirectory() || stat.uid !== process.getuid?.()) {
    throw new CommitSuiteError(
      'supervisor_failed',
      `${folder} is not a directory of this user. Remove it or choose another COMMIT_SUITE_HOME.`,
    )
  }
  chmodSync(folder, 0o700)
}

/** Listens on the supervisor's socket, which only this user can open. The caller holds the supervisor's lock. */
export async function listenPrivately(config: Config, onConnection: (socket: Socket) => void): Promise<Server> {
  const path = supervisorSocket(config)
  ensurePrivateFolder(dirname(path))
  rmSync(path, { force: true })
  const server = createServer(onConnection)
  const umask = process.umask(0o177)
  try {
    server.listen(path)
  } finally {
    process.umask(umask)
  }
  await once(server, 'listening')
  return server
}
