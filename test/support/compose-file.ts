import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'

const schema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).default([]),
      environment: z.record(z.string(), z.string()).default({}),
      healthcheck: z.object({ test: z.array(z.string()) }).optional(),
    }),
  ),
  configs: z.record(z.string(), z.object({ content: z.string().optional(), file: z.string().optional() })),
})
export type ComposeFile = z.infer<typeof schema>

/** The compose file as it is written, merge keys resolved. */
export const composeDocument = async (): Promise<unknown> =>
  parse(await readFile('docker-compose.yml', 'utf8'), { merge: true })

/** What Compose makes of it with these variables; throws for one that is missing, as Compose does. */
export async function composeFile(variables: Record<string, string>): Promise<ComposeFile> {
  return schema.parse(interpolated(await composeDocument(), variables))
}

/** The names of the variables that have to be given. */
export async function requiredVariables(): Promise<string[]> {
  const text = JSON.stringify(await composeDocument())
  return [...new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name = '']) => name))].sort()
}

function interpolated(value: unknown, variables: Record<string, string>): unknown {
  if (typeof value === 'string') return withVariables(value, variables)
  if (Array.isArray(value)) return value.map((one) => interpolated(one, variables))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, interpolated(inner, variables)]))
}

/** `$$`, `${NAME:-default}` and `${NAME:?what it is}`: the file uses no other form, and another one is not understood. */
function withVariables(text: string, variables: Record<string, string>): string {
  return text.replaceAll(/\$\$|\$\{(\w+):([-?])([^}]*)\}|\$/g, (found, name?: string, kind?: string, rest?: string) => {
    if (found === '$$') return '$'
    if (name === undefined) throw new Error(`not understood: ${text}`)
    const value = variables[name]
    if (value !== undefined && value !== '') return value
    if (kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`)
    return rest ?? ''
  })
}
