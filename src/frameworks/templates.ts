import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { invalidInput } from '../contract/index.ts'
import { commandLikeSchema } from '../documents/command-like.ts'
import { checkDocument, parseYaml } from '../documents/yaml-document.ts'
import { packageRoot } from '../package-root.ts'
import { FRAMEWORK_NAMES } from './framework.ts'

const templateSchema = z.strictObject({
  description: z.string().max(500).default(''),
  /** What a project of this type may be tested with; the last one is assumed where none is recognised. */
  frameworks: z.array(z.enum(FRAMEWORK_NAMES)).default([]),
  /** Default test command; absent where the framework knows one. */
  command: commandLikeSchema.optional(),
  /** Commands of the set-up; absent where the framework finds them, [] for none. */
  setup: z.array(commandLikeSchema).optional(),
  /** Glob of report files. */
  reports: z.string().min(1).max(1024).optional(),
  /** Variables of every run; those of the suite win. */
  env: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/), z.string().max(32_768)).default({}),
})

/** Defaults of one project type: a folder of `templates/`, ours or the user's. */
export interface Template extends z.output<typeof templateSchema> {
  name: string
}

export interface TemplateOptions {
  /** Folder of the user's own templates; they win over ours of the same name. */
  userDir?: string | undefined
}

const TEMPLATE_FILE = 'template.yaml'
const NAME_PATTERN = /^[a-z0-9][a-z0-9_-]{0,62}$/

/** Project types that exist, sorted. */
export async function listTemplates(options: TemplateOptions = {}): Promise<string[]> {
  const names = await Promise.all(templateFolders(options).map(foldersIn))
  return [...new Set(names.flat().map((name) => name.toLowerCase()))].sort()
}

/**
 * Loads a template by the name of its folder, in any letter case.
 * Throws `template_not_found` with the names that exist, or `template_invalid` naming file, line and field.
 */
export async function loadTemplate(name: string, options: TemplateOptions = {}): Promise<Template> {
  const wanted = name.toLowerCase()
  if (!NAME_PATTERN.test(wanted)) throw await notFound(name, options)
  for (const folder of templateFolders(options)) {
    const actual = (await foldersIn(folder)).find((candidate) => candidate.toLowerCase() === wanted)
    if (actual !== undefined) return readTemplate(wanted, join(folder, actual, TEMPLATE_FILE))
  }
  throw await notFound(name, options)
}

function templateFolders({ userDir }: TemplateOptions): string[] {
  const ours = join(packageRoot(), 'templates')
  return userDir === undefined ? [ours] : [userDir, ours]
}

/** Folders that could be templates, as they are spelt on disk; links are followed when the file is read. */
async function foldersIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
  return folders.map((entry) => entry.name).filter((name) => NAME_PATTERN.test(name.toLowerCase()))
}

async function readTemplate(name: string, file: string): Promise<Template> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalidInput('template', file, 'cannot be read', String(cause), 'template_invalid')
  })
  const document = parseYaml(text, file, 'template_invalid')
  const known = Object.keys(templateSchema.shape)
  return {
    name,
    ...checkDocument({ ...document, value: document.value ?? {} }, templateSchema, known, 'template_invalid'),
  }
}

async function notFound(name: string, options: TemplateOptions) {
  const known = await listTemplates(options)
  return invalidInput(
    'projectType',
    name,
    'no such template',
    `Templates that exist: ${known.join(', ')}.`,
    'template_not_found',
  )
}
