import { runQuietly } from '../../process/run-quietly.ts'

/** The module version `go install` builds: later tags hold a replace directive, which it refuses. */
export const CLI_VERSION = '1.5.1'

/** Fair dispatch came with this server. */
const OLDEST_SERVER = [1, 29] as const

/** What a file that claims to be the Temporal CLI turned out to be. */
export type Inspection = { usable: true; server: string } | { usable: false; reason: string }

/** Judges the text of `temporal --version`. */
function judgeVersion(printed: string): Inspection {
  if (!printed.startsWith('temporal version')) return { usable: false, reason: 'is not the Temporal CLI' }
  const [, server, major, minor] = printed.match(/\(Server ((\d+)\.(\d+)[^,\s)]*)/) ?? []
  if (server === undefined) return { usable: false, reason: 'does not say which server it holds' }
  const [oldestMajor, oldestMinor] = OLDEST_SERVER
  const recent = Number(major) > oldestMajor || (Number(major) === oldestMajor && Number(minor) >= oldestMinor)
  if (recent) return { usable: true, server }
  return { usable: false, reason: `holds server ${server}, older than ${OLDEST_SERVER.join('.')}` }
}

/** Asks the file at `path` what it is. */
export async function inspectBinary(path: string): Promise<Inspection> {
  const { code, output } = await runQuietly(path, ['--version'], { timeoutMs: 10_000 })
  return code === 0 ? judgeVersion(output) : { usable: false, reason: `does not run: ${output}` }
}
