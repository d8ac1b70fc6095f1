import { mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hitsOfBundle } from '../../../scripts/coverage/bundle-hits.ts'
import { countLines, percent, statementsOf } from '../../../scripts/coverage/line-coverage.ts'
import { missedThresholds } from '../../../scripts/coverage/report.ts'
import { drainDumps, type Hits, paint } from '../../../scripts/coverage/subprocess-hits.ts'

let dir: string
beforeEach(async () => {
  dir = await realpath(await mkdtemp(join(tmpdir(), 'commit-suite-coverage-')))
  await mkdir(join(dir, 'dumps'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('hits of subprocesses', () => {
  it('follow the innermost range', () => {
    const painted = paint([
      { startOffset: 2, endOffset: 4, count: 0 },
      { startOffset: 0, endOffset: 6, count: 3 },
    ])
    expect([...painted]).toEqual([1, 1, 0, 0, 1, 1])
  })

  it('stand at the offsets of TypeScript sources that Node ran, added up over processes', async () => {
    const source = `const taken: Record<string, number> = { größe: 1 }\nif (process.argv[2] === 'left') {\n  taken.left = 1\n} else {\n  taken.right = 1\n}\n`
    await writeFile(join(dir, 'planted.ts'), source)
    const hits: Hits = new Map()
    const runWith = async (side: string) => {
      await execa(process.execPath, ['planted.ts', side], { cwd: dir, env: { NODE_V8_COVERAGE: join(dir, 'dumps') } })
      await drainDumps(join(dir, 'dumps'), dir, hits)
    }
    const ran = (text: string) => hits.get('planted.ts')?.[source.indexOf(text)] === 1
    await runWith('left')
    expect([ran('taken.left'), ran('taken.right')]).toEqual([true, false])
    await runWith('right')
    expect([ran('taken.left'), ran('taken.right')]).toEqual([true, true])
    expect(await readdir(join(dir, 'dumps'))).toEqual([])
  })

  it('leave a file that is still being written for later', async () => {
    await writeFile(join(dir, 'dumps', 'half.json'), '{"result": [')
    const hits: Hits = new Map()
    await drainDumps(join(dir, 'dumps'), dir, hits)
    expect([hits.size, await readdir(join(dir, 'dumps'))]).toEqual([0, ['half.json']])
  })
})

describe('line coverage', () => {
  it('counts a line once, as covered when one of its statements ran', () => {
    const at = (line: number, column: number) => ({ start: { line, column } })
    const file = { path: 'a.ts', statementMap: { 0: at(1, 0), 1: at(1, 4), 2: at(2, 2) }, s: { 0: 0, 1: 2, 2: 0 } }
    const statements = statementsOf(file, 'a;  b;\n  c;\n')
    expect(statements.map(({ offset }) => offset)).toEqual([0, 4, 9])
    expect(countLines(statements)).toEqual({ covered: 1, total: 2 })
    expect(percent({ covered: 0, total: 0 })).toBe(100)
  })

  it('misses a threshold below it, and where nothing was measured', () => {
    expect(missedThresholds(new Map([['src/stats/a.ts', { covered: 94, total: 100 }]]))).toEqual([
      'src/stats/: 94.0 % of lines, 95 % wanted',
    ])
    expect(missedThresholds(new Map([['src/a.ts', { covered: 85, total: 100 }]]))).toEqual([
      'src/stats/: nothing was measured',
    ])
  })
})

describe('workflow bundles', () => {
  const source = 'export const one = 1\nexport const two = () => 2\n'
  // Two segments: bundle line 1 column 0 is line 1 of the source, bundle line 2 column 4 its line 2, column 7.
  const map = { version: 3, sources: ['/elsewhere/workflows/planted.ts'], names: [], mappings: 'AAAA;IACO' }
  const inline = Buffer.from(JSON.stringify(map)).toString('base64')
  const bundle = `one;\n    two;\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${inline}`
  const readSource = async (path: string) => (path === 'workflows/planted.ts' ? source : undefined)

  it('lead back to the places of the sources that ran', async () => {
    const painted = paint([
      { startOffset: 0, endOffset: bundle.length, count: 0 },
      { startOffset: bundle.indexOf('two'), endOffset: bundle.indexOf('two') + 4, count: 5 },
    ])
    const ran = (await hitsOfBundle(bundle, painted, readSource)).get('workflows/planted.ts')
    expect(ran?.indexOf(1)).toBe(source.indexOf('const two'))
    expect(ran?.filter((hit) => hit === 1).length).toBe(1)
  })

  it('without a source map are an error, not zero coverage', async () => {
    await expect(hitsOfBundle('one;', new Uint8Array(4), readSource)).rejects.toThrow('no source map')
  })
})
