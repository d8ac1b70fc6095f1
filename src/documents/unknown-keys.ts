import { quoteValue } from '../contract/index.ts'
import { nearestName } from './nearest-name.ts'
import type { YamlDocument } from './yaml-document.ts'

const MOST_WARNINGS = 20
const LONGEST_NAME = 100

/** Keys that a mapping may have, by where it stands; undefined where it is not looked at. Items of lists are numbers. */
export type KnownKeys = (path: readonly (string | number)[]) => readonly string[] | undefined

/**
 * Takes keys that are not known out of a file of a tested commit: other versions of such files have other keys, and
 * they are no reason not to test. Each becomes a sentence that names file, line, key and the one that was probably
 * meant.
 */
export function setUnknownAside(document: YamlDocument, keysAt: KnownKeys): { known: unknown; warnings: string[] } {
  const warnings: string[] = []
  const knownOf = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((item, index) => knownOf(item, [...path, index]))
    const names = keysAt(path)
    if (names === undefined) return value
    const entries = Object.entries(value)
    for (const [key] of entries) if (!names.includes(key)) warnings.push(unknownKey(document, [...path, key], names))
    const known = entries.filter(([key]) => names.includes(key))
    return Object.fromEntries(known.map(([key, inner]) => [key, knownOf(inner, [...path, key])]))
  }
  return { known: knownOf(document.value ?? {}, []), warnings: warnings.slice(0, MOST_WARNINGS) }
}

function unknownKey(document: YamlDocument, path: readonly (string | number)[], known: readonly string[]): string {
  const near = nearestName(String(path.at(-1)), known)
  const advice = near === undefined ? '' : ` Did you mean ${near}?`
  const name = quoteValue(path.join('.').slice(0, LONGEST_NAME))
  return `${document.file}:${document.lineOf(path) ?? 1}: ${name} is not a known key.${advice}`
}
