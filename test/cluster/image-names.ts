import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'

const FILES = ['template.yaml', 'test-pod.yaml']
/** Letters that need no quoting in JSON or a shell. */
const NAME = /^[a-z0-9][\w./:@-]*$/i

/** Every value of a key `image`, however deep. */
function imagesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) =>
    key === 'image' && typeof inner === 'string' ? [inner] : imagesIn(inner),
  )
}

/** Prints the names of the images that the templates in a folder use, one per line. */
const folder = process.argv[2] ?? 'templates'
const types = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory())
const texts = await Promise.all(
  types.flatMap(({ name }) => FILES.map(async (file) => await readFile(join(folder, name, file), 'utf8'))),
)
const images = texts.flatMap((text) => parseAllDocuments(text).flatMap((document) => imagesIn(document.toJS())))
const odd = images.find((image) => !NAME.test(image))
if (odd !== undefined) throw new Error(`not the name of an image: ${JSON.stringify(odd)}`)
for (const image of new Set(images.sort())) console.log(image)
