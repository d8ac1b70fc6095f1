import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { execa } from 'execa'
import { killGroup } from './run-git.ts'

const POLL_MS = 20

/** Notes which git writes the mirror now, so that whoever takes the lock after a crash can end it. */
export async function noteGit(file: string, pid: number): Promise<void> {
  const draft = `${file}.${process.pid}`
  await writeFile(draft, JSON.stringify({ pid, startedAt: await processStart(pid) }))
  await rename(draft, file)
}

/**
 * Ends the git that a killed holder of the lock left behind and waits until it is gone. A process id that was used
 * again since is told by its start time and left alone. To be called with the lock held.
 */
export async function endLeftoverGit(file: string): Promise<void> {
  const noted = await readNote(file)
  if (noted !== undefined) {
    while ((await processStart(noted.pid)) === noted.startedAt) {
      killGroup(noted.pid, 'SIGKILL')
      await pause(POLL_MS)
    }
  }
  await rm(file, { force: true })
}

async function readNote(file: string): Promise<{ pid: number; startedAt: string } | undefined> {
  try {
    const note: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof note !== 'object' || note === null || !('pid' in note) || !('startedAt' in note)) return undefined
    const { pid, startedAt } = note
    // Signals to 0, 1 or a negative id reach other processes than the one noted.
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 2 || typeof startedAt !== 'string') return undefined
    return { pid, startedAt }
  } catch {
    return undefined
  }
}

/** When a process began, in a form only good for comparison; undefined for one that is gone or a zombie. */
async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
    // The name in parentheses may hold anything: fields count from the last one. State is field 3, start time 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
  }
  const { stdout, exitCode } = await execa('ps', ['-o', 'lstart=', '-p', String(pid)], { reject: false })
  return exitCode === 0 ? stdout.trim() : undefined
}
