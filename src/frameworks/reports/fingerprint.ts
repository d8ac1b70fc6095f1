import { createHash } from 'node:crypto'
import { stripVTControlCharacters } from 'node:util'

/** Lines of a message that tell failures apart: below them stand differences of values, and stacks. */
const TELLING_LINES = 3
/** Of a line as it is read, and of what is left of it. */
const LONGEST_LINE = { raw: 2_000, normalised: 400 } as const
const HEX_DIGITS = 12

const MONTH =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t(?:ember)?)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)'
const CLOCK = '\\d{1,2}:\\d\\d(?::\\d\\d(?:[.,]\\d+)?)?'
const ZONE = '(?:\\s?(?:Z|UTC|GMT)?(?:[+-]\\d\\d:?\\d\\d)?)'
const UNIT =
  '(?:ns|µs|μs|us|ms|s|m|h|nanoseconds?|microseconds?|milliseconds?|secs?|seconds?|mins?|minutes?|hrs?|hours?)'

type Stand = string | ((match: string) => string)

/**
 * What in a message differs from one failure to the next of the same cause, and what stands for it, in the order in
 * which it is looked for. Nothing that stands for something has a digit, and no pattern without digits matches it.
 */
const NOISE: readonly (readonly [RegExp, Stand])[] = [
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, '<string>'],
  // Temporary files, with all below them; runs have a folder `tmp` of their own.
  [/(?:\/[\w.@+~-]+)*\/(?:tmp|var\/folders|run\/user|dev\/shm)\/[^\s'"`,;:()[\]{}<>]+/g, '<path>'],
  [/\b[A-Za-z]:\\[^\s'"`,;:()[\]{}<>]*\\te?mp\\[^\s'"`,;:()[\]{}<>]*/gi, '<path>'],
  [new RegExp(`\\b\\d{4}-\\d\\d-\\d\\d(?:[T ]${CLOCK}${ZONE})?`, 'g'), '<time>'],
  [
    new RegExp(
      `\\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:\\d{1,2} ${MONTH}|${MONTH} +\\d{1,2}),?(?: \\d{4})?,?(?: ${CLOCK}${ZONE})?(?: \\d{4})?`,
      'g',
    ),
    '<time>',
  ],
  [new RegExp(`\\b\\d{1,2}:\\d\\d:\\d\\d(?:[.,]\\d+)?${ZONE}`, 'g'), '<time>'],
  [/\b0x[0-9a-f]+/gi, '<hex>'],
  // Go writes `1m2.5s`.
  [new RegExp(`(?<![\\w.])-?(?:\\d+(?:\\.\\d+)? ?${UNIT}(?![A-Za-z]))+`, 'g'), '<duration>'],
  [/(?<![\w.])-?\d+(?:\.\d+)?e[+-]\d+/gi, '<n>'],
  [/(?<=['"`])[\w+/=-]{6,}(?=['"`])/g, (word) => (/\d/.test(word) && /[A-Za-z]/.test(word) ? '<string>' : word)],
  [/(?<![A-Za-z0-9])[A-Za-z0-9]{6,}(?![A-Za-z0-9])/g, (word) => (isRandom(word) ? '<string>' : word)],
  [/(?:(?<![\w)\]>])-)?\d+(?:[.,_]\d+)*(?:e[+-]?\d+)?/gi, '<n>'],
  [/<n>(?:[ \t,;]+<n>)+/g, '<n>…'],
  [/[^\S\n]+/g, ' '],
]

/** Letters and digits mixed as no person mixes them, or a hash. */
function isRandom(word: string): boolean {
  const runs = word.match(/\d+|[A-Za-z]+/g)?.length ?? 0
  return runs >= 4 || (runs >= 2 && /^[0-9a-f]{7,}$/i.test(word))
}

/** A message without what differs by chance. One that is normalised stays as it is. */
export function normaliseMessage(message: string): string {
  const lines = stripVTControlCharacters(message)
    .split('\n', LONGEST_MESSAGE_LINES)
    .map((line) => line.trim().slice(0, LONGEST_LINE.raw))
    .filter((line) => line !== '')
  const telling = lines.slice(0, TELLING_LINES).join('\n')
  const normal = NOISE.reduce((text, [pattern, stand]) => replaced(text, pattern, stand), telling)
  return normal
    .split('\n')
    .map((line) => line.slice(0, LONGEST_LINE.normalised).trim())
    .join('\n')
}

/** Blank lines apart, no message that people read has its first words below these. */
const LONGEST_MESSAGE_LINES = 100

const replaced = (text: string, pattern: RegExp, stand: Stand): string =>
  typeof stand === 'string' ? text.replaceAll(pattern, stand) : text.replaceAll(pattern, stand)

/** 12 hex digits that failures of one cause share, whatever numbers, times, paths and the like their messages hold. */
export const fingerprintOf = (message: string): string =>
  createHash('sha256').update(normaliseMessage(message)).digest('hex').slice(0, HEX_DIGITS)
