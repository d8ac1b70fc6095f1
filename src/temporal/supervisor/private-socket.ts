import { once } from 'node:events'
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { type Config, socketPath } from '../../config.ts'
import { CommitSuiteError } from '../../contract/index.ts'

export const supervisorSocket = (config: Config): string => socketPath(config.stateDir, 'supervisor')

/**
 * The folder may lie in the shared temporary directory, where another user could have made it first. The state
 * directory was chosen by the user, and root in a container often finds it as a volume of somebody else.
 */
function ensurePrivateFolder(folder: string, chosen: boolean): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stat = lstatSync(folder)
  const uid = process.getuid?.()
  const trusted = stat.uid === uid || (chosen && uid === 0)
  if (!(stat.isDirectory() || (chosen && stat.isSymbolicLink())) || !trusted) {
    const message = `${folder} is not a directory of this user. Remove it or choose another COMMIT_SUITE_HOME.`
    throw new CommitSuiteError('supervisor_failed', message)
  }
  if (stat.uid === uid) chmodSync(folder, 0o700)
}

/** Listens on the supervisor's socket, which only this user can open. The caller holds the supervisor's lock. */
export async function listenPrivately(config: Config, onConnection: (socket: Socket) => void): Promise<Server> {
  const path = supervisorSocket(config)
  ensurePrivateFolder(dirname(path), dirname(path) === config.stateDir)
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
