import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import formats from 'ajv-formats'
import { z } from 'zod'
import { parseSbom } from './sbom.ts'

/** Where CycloneDX's own library keeps the schemas that its standard has. */
const SCHEMAS = 'node_modules/@cyclonedx/cyclonedx-library/res/schema'

const installedSchema = z.object({ packages: z.record(z.string(), z.object({ version: z.string().optional() })) })

/** What of a document breaks the schema of CycloneDX 1.5; undefined where nothing does. */
async function schemaProblems(text: string): Promise<string | undefined> {
  const read = async (name: string): Promise<object> =>
    JSON.parse(await readFile(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), 'utf8'))
  // Formats that ajv-formats has not: what npm writes there is no address with umlauts.
  const ajv = new Ajv({ strict: false, formats: { 'idn-email': true, 'iri-reference': true } })
  formats.default(ajv)
  for (const name of ['spdx', 'jsf-0.82']) {
    ajv.addSchema(await read(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  }
  const validate = ajv.compile(await read('bom-1.5'))
  return validate(JSON.parse(text)) ? undefined : ajv.errorsText(validate.errors)
}

/** What is wrong with the SBOM of a package that was installed in `folder`: its schema, or a package it does not list. */
export async function sbomProblems(text: string, folder: string): Promise<string[]> {
  const invalid = await schemaProblems(text)
  if (invalid !== undefined) return [`sbom.cdx.json is not valid CycloneDX: ${invalid}`]
  const { metadata, components } = parseSbom(text)
  const found = metadata.component.name === 'commit-suite' ? [] : [`sbom.cdx.json is of ${metadata.component.name}`]
  const listed = new Set(components.map(({ purl }) => decodeURIComponent(purl).replace(/^pkg:npm\/|@[^@/]+$/g, '')))
  const lock = await readFile(join(folder, 'node_modules', '.package-lock.json'), 'utf8')
  for (const [path, { version }] of Object.entries(installedSchema.parse(JSON.parse(lock)).packages)) {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    // Whoever installs gets the newest versions that ours allow; what is listed is what we tested.
    if (name !== 'commit-suite' && !listed.has(name)) found.push(`sbom.cdx.json does not list ${name}@${version}`)
  }
  return found
}
