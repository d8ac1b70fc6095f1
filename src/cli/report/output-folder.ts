import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseRunId, type ReportedRun, type SuiteReport } from '../../contract/index.ts'
import type { LogKey, Store } from '../../store/store.ts'
import { isFailure } from './advice.ts'
import { junitXml } from './junit.ts'
import { readLog } from './read-log.ts'

/** Writes a file and the folders above it. */
export async function writeReportFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

async function writeLogs(store: Store, folder: string, sha: string, run: ReportedRun): Promise<void> {
  const id = parseRunId(run.id)
  if (id === undefined) return
  for (const stream of ['stdout', 'stderr'] as const) {
    const key: LogKey = { suite: id.suite, sha, attempt: id.attempt, generation: id.generation, try: run.tries, stream }
    await pipeline(Readable.from(readLog(store, key)), createWriteStream(join(folder, `${run.id}.${stream}.log`)))
  }
}

/** Fills a folder with report.json, junit.xml and the output of every failing run under logs/. */
export async function writeOutputFolder(folder: string, report: SuiteReport, store: Store): Promise<void> {
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  await writeReportFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeReportFile(join(folder, 'junit.xml'), junitXml(report))
  for (const commit of report.commits) {
    for (const run of commit.results ?? []) {
      if (isFailure(run)) await writeLogs(store, logs, commit.sha, run)
    }
  }
}
