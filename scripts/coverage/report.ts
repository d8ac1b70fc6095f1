import { type LineCount, percent, sumLines } from './line-coverage.ts'

interface Threshold {
  /** Beginning of the paths it holds for; '' for all. */
  prefix: string
  percent: number
}

const THRESHOLDS: readonly Threshold[] = [
  { prefix: 'src/stats/', percent: 95 },
  { prefix: '', percent: 85 },
]
const WORST_FILES = 15

const row = (name: string, count: LineCount): string =>
  `${name.padEnd(44)} ${percent(count).toFixed(1).padStart(6)} %  ${count.covered}/${count.total}`

/** `src/executors/local` for a file below it, `src` for a file in it. */
const folderOf = (path: string): string => path.split('/').slice(0, -1).slice(0, 3).join('/')

/** The table by folder and the files with the most lines that never ran. */
export function coverageTable(files: ReadonlyMap<string, LineCount>): string {
  const folders = Map.groupBy(files.keys(), folderOf)
  const byFolder = [...folders].sort().map(([folder, paths]) =>
    row(
      folder,
      sumOf(files, (path) => paths.includes(path)),
    ),
  )
  const missing = ([, { covered, total }]: [string, LineCount]): number => total - covered
  const worst = [...files].sort((a, b) => missing(b) - missing(a)).slice(0, WORST_FILES)
  return [
    ...byFolder,
    '',
    'Most lines that never ran:',
    ...worst.filter((file) => missing(file) > 0).map(([path, count]) => row(path, count)),
  ].join('\n')
}

/** One sentence per threshold that is missed, by line coverage. A threshold nothing falls under is missed too. */
export function missedThresholds(files: ReadonlyMap<string, LineCount>): string[] {
  return THRESHOLDS.flatMap(({ prefix, percent: wanted }) => {
    const count = sumOf(files, (path) => path.startsWith(prefix))
    const name = prefix === '' ? 'all files' : prefix
    if (count.total === 0) return [`${name}: nothing was measured`]
    return percent(count) >= wanted ? [] : [`${name}: ${percent(count).toFixed(1)} % of lines, ${wanted} % wanted`]
  })
}

function sumOf(files: ReadonlyMap<string, LineCount>, wanted: (path: string) => boolean): LineCount {
  return sumLines([...files].filter(([path]) => wanted(path)).map(([, count]) => count))
}
