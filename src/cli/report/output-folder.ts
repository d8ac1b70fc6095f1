import { createWriteStream } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReportedRun, SuiteReport } from '../../contract/index.ts'
import { isFailure } from '../../report/failing-runs.ts'
import { junitXml } from '../../report/junit.ts'
import type { Site } from '../site/site.ts'

/** Writes a file and the folders above it. */
export async function writeReportFile(path: string, content: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
}

async function writeLogs(site: Site, folder: string, run: ReportedRun): Promise<void> {
  for (const stream of ['stdout', 'stderr'] as const) {
    const bytes = bytesOf(site.output(run.id, { streams: [stream], try: run.tries, follow: false }))
    await pipeline(Readable.from(bytes), createWriteStream(join(folder, `${run.id}.${stream}.log`)))
  }
}

async function* bytesOf(pieces: AsyncIterable<{ bytes: Uint8Array }>): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of pieces) yield bytes
}

/** Fills a folder with report.json, junit.xml and the output of every failing run under logs/. */
export async function writeOutputFolder(folder: string, report: SuiteReport, site: Site): Promise<void> {
  const logs = join(folder, 'logs')
  await mkdir(logs, { recursive: true })
  await writeReportFile(join(folder, 'report.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeReportFile(join(folder, 'junit.xml'), junitXml(report))
  for (const commit of report.commits) {
    for (const run of commit.results ?? []) {
      if (isFailure(run)) await writeLogs(site, logs, run)
    }
  }
}
