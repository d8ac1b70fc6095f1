import { readFile } from 'node:fs/promises'
import { execa } from 'execa'
import { z } from 'zod'
import { parseLock } from './lock-file.ts'

/**
 * Known advisories on the packages of the lock file, asked of the configured registry by `npm audit`. Any on what ships
 * fails, and those that are high or critical on what only builds and tests. A registry without the endpoint, as mirrors
 * are, or none that answers, fails nothing unless `--require` is given: then nobody knows, and a notice says so.
 */
const required = process.argv.includes('--require')

const auditSchema = z.object({
  vulnerabilities: z.record(
    z.string(),
    z.object({
      severity: z.enum(['info', 'low', 'moderate', 'high', 'critical']),
      nodes: z.array(z.string()),
      via: z.array(z.union([z.string(), z.object({ title: z.string(), url: z.string() })])),
    }),
  ),
})
const refusalSchema = z.object({ message: z.string() })

const { stdout } = await execa('npm', ['audit', '--json', '--package-lock-only'], { reject: false })
const told: unknown = JSON.parse(stdout || '{"message": "npm audit said nothing"}')
const audit = auditSchema.safeParse(told)
if (audit.success) {
  const lock = parseLock(await readFile('package-lock.json', 'utf8'))
  const found = Object.entries(audit.data.vulnerabilities).flatMap(([name, { severity, nodes, via }]) => {
    const ships = nodes.some((path) => lock.packages[path]?.dev !== true)
    if (!ships && severity !== 'high' && severity !== 'critical') return []
    const why = via.map((one) => (typeof one === 'string' ? `by ${one}` : `${one.title} ${one.url}`))
    return [`${name}: ${severity}${ships ? '' : ', not shipped'}: ${why.join('; ')}`]
  })
  for (const problem of found) console.error(problem)
  console.log(`${Object.keys(lock.packages).length} packages asked about, ${found.length} problems`)
  process.exitCode = found.length > 0 ? 1 : 0
} else {
  const { message } = refusalSchema.safeParse(told).data ?? { message: 'npm audit answered something else' }
  console.log(`notice: advisories were NOT checked, the registry does not tell them: ${message}`)
  process.exitCode = required ? 1 : 0
}
