import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { invalidInput, type SuiteReport } from '../../contract/index.ts'
import { DOCUMENTS, type DocumentFormat, documentPieces, isDocumentFormat } from '../../report/formats.ts'
import { type CliContext, inGithubActions } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { tellGithub } from '../report/github.ts'
import { withSite } from '../site/with-site.ts'
import { requireSuite } from './lookup.ts'

const FORMATS = [...Object.keys(DOCUMENTS), 'github']

/** In the log of a job of GitHub Actions `##[` begins a command wherever it stands: there it is spelt in another way. */
async function* shownPieces(context: CliContext, format: DocumentFormat, report: SuiteReport): AsyncGenerator<string> {
  const spelling = format === 'json' ? '#\\u0023[' : '&#35;#['
  for await (const piece of documentPieces(format, report)) {
    yield inGithubActions(context) ? piece.replaceAll('##[', spelling) : piece
  }
}

/** Writes the report of a suite, whatever became of it. */
export async function writeReport(
  context: CliContext,
  id: string,
  { format, output }: { format: string; output: string | undefined },
): Promise<ExitCode> {
  if (!FORMATS.includes(format)) throw invalidInput('--format', format, `must be one of ${FORMATS.join(', ')}`)
  if (format === 'github' && output !== undefined) {
    throw invalidInput('--output', output, 'annotations work only in the log of a job', 'Take --format markdown.')
  }
  return await withSite(context, async (site) => {
    const { id: suite } = await requireSuite(site, id)
    const report = await site.report(suite, { results: true })
    if (!isDocumentFormat(format)) await tellGithub(context, report, context.stdout)
    else if (output === undefined) await pipeline(shownPieces(context, format, report), context.stdout, { end: false })
    else {
      const path = resolve(context.cwd, output)
      await mkdir(dirname(path), { recursive: true })
      await pipeline(Readable.from(documentPieces(format, report)), createWriteStream(path))
    }
    return EXIT.passing
  })
}
