import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../config.ts'
import { runQuietly } from '../../process/run-quietly.ts'
import { siblingModule } from '../../process/sibling-module.ts'
import { binaryFolder } from './cached.ts'

/** Time to find out that there is no way to the network. */
const CONTACT_TIMEOUT_MS = 15_000
const DOWNLOAD_TIMEOUT_MS = 300_000

const isDownloading = async (folder: string): Promise<boolean> =>
  (await readdir(folder).catch(() => [])).some((name) => name.endsWith('.downloading'))

/**
 * Lets the SDK download its server. It cannot be asked to download only: it also starts the server, which is
 * ended again. In a process of its own, because the native part cannot be interrupted. Returns why it failed.
 */
export async function downloadBySdk(config: Config, signal?: AbortSignal): Promise<string | undefined> {
  const folder = binaryFolder(config)
  const giveUp = new AbortController()
  const contact = setTimeout(async () => {
    if (!(await isDownloading(folder))) giveUp.abort()
  }, CONTACT_TIMEOUT_MS)
  const module = siblingModule(import.meta.url, 'download-main')
  const { code, output } = await runQuietly(process.execPath, [module, folder], {
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    signal: signal === undefined ? giveUp.signal : AbortSignal.any([signal, giveUp.signal]),
  })
  clearTimeout(contact)
  if (code === 0) return undefined
  await removeHalfDownloads(folder)
  if (giveUp.signal.aborted) return `no download within ${CONTACT_TIMEOUT_MS / 1000} s`
  return output.split('\n').findLast((line) => line.includes('rror')) ?? output
}

async function removeHalfDownloads(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (name.endsWith('.downloading')) await rm(join(folder, name), { force: true })
  }
}
