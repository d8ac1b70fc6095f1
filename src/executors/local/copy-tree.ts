import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { systemProgram } from './programs.ts'

const execute = promisify(execFile)

/** GNU cp shares blocks where the file system can; others know no such option. Never hard links. */
const OPTIONS = process.platform === 'linux' ? ['-a', '--reflink=auto'] : ['-a']

/** Copies the contents of one folder into another, which is made when missing. */
export async function copyTree(from: string, to: string): Promise<void> {
  const copy = await systemProgram('cp')
  await execute(copy, [...OPTIONS, '--', `${from}/.`, to]).catch(async (error: unknown) => {
    // busybox has no --reflink.
    if (OPTIONS.length === 1) throw error
    await execute(copy, ['-a', '--', `${from}/.`, to])
  })
}
