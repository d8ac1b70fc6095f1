import { access, mkdir, readdir, readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { commitFields } from '../../../telemetry/log-fields.ts'
import type { PrepareRequest } from '../../executor.ts'
import { copyTree } from '../copy-tree.ts'
import type { LocalHost } from '../host.ts'
import { treePlaces } from '../places.ts'
import { removeFolder } from '../workspace.ts'
import { takeLease } from './leases.ts'

/**
 * Caches of tools in HOME whose entries are named after what they hold, so that one commit's are right for the
 * next: Go compiles its standard library once per repository instead of once per commit (40 s on two cores).
 * Never places into which a commit installs something of its own, such as Maven's repository.
 */
const CACHES = ['.cache/go-build', 'go/pkg/mod/cache/download', '.npm/_cacache', '.cache/pip']

const readySchema = z.object({ caches: z.string(), preparedAt: z.string() })

/**
 * Fills the caches of a new tree from the newest one that has the same `cachesKey`. Only for isolation `process`:
 * in a sandbox a commit must not be able to leave compiled code to another one. Best effort, since set-ups work
 * without it.
 */
export async function inheritCaches(
  host: LocalHost,
  request: PrepareRequest,
  key: string,
  home: string,
): Promise<void> {
  if (request.isolation !== 'process' || request.setup.length === 0) return
  const source = await newestTree(host, key)
  if (source === undefined) return
  // Given back with the lane's other leases.
  await takeLease(host.places, source, request.suite, request.sha)
  const from = treePlaces(host.places, source)
  // Without namespaces runs write into the HOME of the tree itself.
  const fromHome = (await host.namespaces()) === 'none' ? join(from.pristine, 'home') : from.home
  for (const cache of CACHES) {
    const [old, fresh] = [join(fromHome, cache), join(home, cache)]
    if (!(await isFolder(old))) continue
    try {
      await mkdir(dirname(fresh), { recursive: true })
      await copyTree(old, fresh)
      await access(from.ready)
    } catch (error) {
      await removeFolder(fresh)
      host.log?.warn({ ...commitFields(request), err: error, cache }, 'a cache could not be taken over')
    }
  }
}

async function newestTree(host: LocalHost, key: string): Promise<string | undefined> {
  let newest: { name: string; preparedAt: string } | undefined
  for (const name of await readdir(host.places.trees).catch(() => [])) {
    const text = await readFile(treePlaces(host.places, name).ready, 'utf8').catch(() => '{}')
    const ready = readySchema.safeParse(JSON.parse(text))
    if (!ready.success || ready.data.caches !== key) continue
    const { preparedAt } = ready.data
    if (newest === undefined || preparedAt > newest.preparedAt) newest = { name, preparedAt }
  }
  return newest?.name
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    (entry) => entry.isDirectory(),
    () => false,
  )
