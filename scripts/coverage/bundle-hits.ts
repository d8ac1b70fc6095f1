import { eachMapping, TraceMap } from '@jridgewell/trace-mapping'
import { lineStartsOf } from './line-coverage.ts'

/** The Temporal worker runs workflow code from here, in a VM of a worker thread (src/temporal/bundle.ts). */
export const BUNDLE_URL = /\/bundles\/[0-9a-f]+\.js$/

const INLINE_MAP = 'sourceMappingURL=data:application/json;charset=utf-8;base64,'
/** The clone in which the bundle was built may be another one with the same sources. */
const OWN_SOURCE = /\/((?:workflows|src)\/[^?]*\.ts)$/

/**
 * Offsets of our sources that ran in a bundle: wherever the source map names a beginning, and V8 counted the code
 * there. `painted` is 1 at each offset of the bundle that ran; `sourceOf` reads a source by path, undefined if absent.
 */
export async function hitsOfBundle(
  bundle: string,
  painted: Uint8Array,
  sourceOf: (path: string) => Promise<string | undefined>,
): Promise<Map<string, Uint8Array>> {
  const at = bundle.lastIndexOf(INLINE_MAP)
  if (at === -1) throw new Error('the workflow bundle holds no source map')
  const map = new TraceMap(Buffer.from(bundle.slice(at + INLINE_MAP.length), 'base64').toString())
  const hits = new Map<string, { lineStarts: number[]; ran: Uint8Array }>()
  for (const name of map.sources) {
    const path = OWN_SOURCE.exec(name ?? '')?.[1]
    const source = path === undefined ? undefined : await sourceOf(path)
    if (path === undefined || source === undefined) continue
    hits.set(path, { lineStarts: lineStartsOf(source), ran: new Uint8Array(source.length) })
  }
  const bundleLines = lineStartsOf(bundle)
  eachMapping(map, ({ generatedLine, generatedColumn, source, originalLine, originalColumn }) => {
    const file = hits.get(OWN_SOURCE.exec(source ?? '')?.[1] ?? '')
    if (file === undefined || originalLine === null || originalColumn === null) return
    if (painted[(bundleLines[generatedLine - 1] ?? 0) + generatedColumn] !== 1) return
    file.ran[(file.lineStarts[originalLine - 1] ?? 0) + originalColumn] = 1
  })
  return new Map([...hits].map(([path, { ran }]) => [path, ran]))
}
