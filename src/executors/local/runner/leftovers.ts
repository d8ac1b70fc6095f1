import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSameProcess } from '../../../process/identity.ts'
import { descendantsOf, identitiesOf, killMarked, signalProcess, waitUntilGone } from './process-tree.ts'
import { WORKSPACE_FILES } from './protocol.ts'

/**
 * Ends what a runner that died left behind. Mounts need no care: they end with the namespace of their run.
 * Workspaces stay for the executor, which knows which of them are kept.
 */
export async function endLeftovers(runsDir: string): Promise<void> {
  const workspaces = await readdir(runsDir).catch(() => [])
  await Promise.all(workspaces.map((name) => endLeftover(join(runsDir, name))))
}

async function endLeftover(workspace: string): Promise<void> {
  const text = await readFile(join(workspace, WORKSPACE_FILES.identity), 'utf8').catch(() => undefined)
  if (text === undefined) return
  const note: unknown = JSON.parse(text)
  if (typeof note !== 'object' || note === null) return
  if ('pid' in note && typeof note.pid === 'number' && 'startTime' in note && typeof note.startTime === 'string') {
    const identity = { pid: note.pid, startTime: note.startTime }
    if (await isSameProcess(identity)) {
      const tree = [identity, ...(await identitiesOf(await descendantsOf(note.pid)))]
      signalProcess(-note.pid, 'SIGKILL')
      await waitUntilGone(tree, 5_000)
    }
  }
  if ('marker' in note && typeof note.marker === 'string') await killMarked(note.marker)
}
