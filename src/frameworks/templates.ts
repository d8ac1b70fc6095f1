import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { z } from 'zod'
import { invalidInput } from '../contract/index.ts'
import { checkDocument, parseYaml, type YamlDocument } from '../documents/yaml-document.ts'
import { packageRoot } from '../package-root.ts'
import { MANIFEST_FIELDS, manifestSchema, type PodTemplate } from './template/pod-template.ts'
import { templateSchema } from './template/template-schema.ts'

export type { PodTemplate }

/** Defaults of one project type: a folder of `templates/`, ours or the user's. */
export interface Template extends Omit<z.output<typeof templateSchema>, 'image'> {
  name: string
  image: string | undefined
  /** From `test-pod.yaml`; undefined where the folder has none. */
  pod: PodTemplate | undefined
  /** Absolute path of the folder. */
  folder: string
}

export interface TemplateOptions {
  /** Folder of the user's own templates; they win over ours of the same name. */
  userDir?: string | undefined
}

const TEMPLATE_FILE = 'template.yaml'
const MANIFEST_FILE = 'test-pod.yaml'
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
    if (actual !== undefined) return await readTemplate(wanted, join(folder, actual))
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

async function readTemplate(name: string, folder: string): Promise<Template> {
  const document = await readDocument(join(folder, TEMPLATE_FILE))
  const known = Object.keys(templateSchema.shape)
  const { image, ...rest } = checkDocument(
    { ...document, value: document.value ?? {} },
    templateSchema,
    known,
    'template_invalid',
  )
  return { name, image, ...rest, pod: await readManifest(join(folder, MANIFEST_FILE)), folder }
}

async function readManifest(file: string): Promise<PodTemplate | undefined> {
  if (!(await isThere(file))) return undefined
  return checkDocument(await readDocument(file), manifestSchema, MANIFEST_FIELDS, 'template_invalid')
}

const isThere = (file: string): Promise<boolean> =>
  lstat(file).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  )

/** A value that is missing has no line of its own: then that of what it is missing from is named. */
async function readDocument(file: string): Promise<YamlDocument> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw invalidInput('template', file, 'cannot be read', String(cause), 'template_invalid')
  })
  const document = parseYaml(text, file, 'template_invalid')
  return {
    ...document,
    lineOf(path) {
      const lengths = path.map((_, index) => path.length - index)
      return [...lengths, 0].map((length) => document.lineOf(path.slice(0, length))).find((line) => line !== undefined)
    },
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
