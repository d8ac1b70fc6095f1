import { readdir, readFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

/** All that a browser gets before it shows anything, compressed. */
const MOST_BYTES = 100_000

/** `node scripts/build-dashboard.ts FOLDER`: the page, ready to be served, in a folder that is emptied before. Fails where it got large. */
const [target] = process.argv.slice(2)
if (target === undefined) throw new Error(`usage: node ${basename(import.meta.filename)} FOLDER`)

await build({
  configFile: false,
  root: join(import.meta.dirname, '..', 'src', 'dashboard'),
  logLevel: 'warn',
  build: {
    outDir: resolve(target),
    emptyOutDir: true,
    // What stands in the page itself the content security policy would refuse.
    assetsInlineLimit: 0,
    modulePreload: false,
    target: 'es2022',
    // Colours of both themes by light-dark(), which older browsers would get as something else.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    reportCompressedSize: false,
  },
})

const files = (await readdir(target, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
const sizes = await Promise.all(
  files.map(async ({ parentPath, name }) => gzipSync(await readFile(join(parentPath, name)), { level: 9 }).byteLength),
)
const bytes = sizes.reduce((sum, size) => sum + size, 0)
console.log(`dashboard: ${bytes} bytes compressed of at most ${MOST_BYTES}`)
if (bytes > MOST_BYTES) throw new Error('The dashboard is too large for a slow line: what was added last?')
