import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/** A file of the dashboard in memory, as it is and compressed. */
export interface ServedFile {
  type: string
  plain: Buffer
  gzip: Buffer
  br: Buffer
}

/** All there is to serve: whatever else an address names does not exist. */
export interface DashboardFiles {
  index: ServedFile
  /** By name; a name holds the digest of its content. */
  assets: ReadonlyMap<string, ServedFile>
}

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const zip = promisify(gzip)
const brotli = promisify(brotliCompress)

/** Reads and compresses a built dashboard. Throws where it is not there, or holds what nobody knows the type of. */
export async function readDashboard(folder: string): Promise<DashboardFiles> {
  const names = await readdir(join(folder, 'assets'))
  const assets = await Promise.all(names.map(async (name) => [name, await read(join(folder, 'assets', name))] as const))
  return { index: await read(join(folder, 'index.html')), assets: new Map(assets) }
}

async function read(path: string): Promise<ServedFile> {
  const type = TYPES[extname(path)]
  if (type === undefined) throw new Error(`${path} is of no type that the dashboard is made of`)
  const plain = await readFile(path)
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  const [zipped, br] = await Promise.all([zip(plain, { level: 9 }), brotli(plain, best)])
  return { type, plain, gzip: zipped, br }
}

/** The smallest form that a client takes (`Accept-Encoding`), and its name; undefined for the file as it is. */
export function bestEncoding(accepted: string | undefined): 'br' | 'gzip' | undefined {
  const taken = new Set(
    (accepted ?? '')
      .split(',')
      .map((entry) => entry.trim().toLowerCase())
      .filter((entry) => !/;\s*q=0(\.0*)?$/.test(entry))
      .map((entry) => entry.replace(/\s*;.*$/, '')),
  )
  if (taken.has('br')) return 'br'
  return taken.has('gzip') ? 'gzip' : undefined
}
