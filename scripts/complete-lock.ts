import { readFile, writeFile } from 'node:fs/promises'
import { missingOptional, parseLock } from './lock-file.ts'

/**
 * Adds to package-lock.json the packages for other platforms that npm left out because a registry mirror does not
 * have them; without them `npm ci` refuses everywhere. They get no checksum here: npm takes the registry's on the
 * platforms that install them, and skips them elsewhere by `os`, `cpu` and `libc`, which stand in their names.
 */
const PATH = 'package-lock.json'

const LIBCS: Record<string, string> = { musl: 'musl', gnu: 'glibc' }

function platformOf(name: string): { os?: string[]; cpu?: string[]; libc?: string[] } {
  const parts = /(android|darwin|freebsd|linux|openharmony|win32|wasm32)(?:-(\w+))?(?:-(\w+))?$/.exec(name)
  if (parts === null) throw new Error(`${name}: its name says no platform`)
  const [, os = '', machine = '', abi = ''] = parts
  if (os === 'wasm32') return { cpu: ['wasm32'] }
  const libc = os === 'linux' ? LIBCS[abi] : undefined
  return { os: [os], cpu: [machine], ...(libc === undefined ? {} : { libc: [libc] }) }
}

const text = await readFile(PATH, 'utf8')
const lock: { packages: Record<string, object> } = JSON.parse(text)
const missing = missingOptional(parseLock(text))
for (const { path, name, version, dev } of missing) {
  lock.packages[path] = { version, ...(dev ? { dev } : {}), optional: true, ...platformOf(name) }
}
const [root, ...others] = Object.entries(lock.packages)
const sorted = others.sort(([a], [b]) => a.localeCompare(b, 'en'))
lock.packages = Object.fromEntries([...(root === undefined ? [] : [root]), ...sorted])
await writeFile(PATH, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${missing.length} packages added`)
