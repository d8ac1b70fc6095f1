import { parse } from 'junit2json'
import { decodeXml } from './decode-xml.ts'
import { REPORT_LIMITS, type Unreadable, unreadable } from './reading.ts'

/** Attributes are text, children lists of elements, the text of an element its `inner`. */
export type Element = Readonly<Record<string, unknown>>

export type JunitXml =
  | { type: 'junit'; root: Element }
  /** Sound XML that is no JUnit report. */
  | { type: 'other' }
  | Unreadable

/** What is kept of a report, most of which is output that nobody asks for. */
export interface Kept {
  attributes: ReadonlySet<string>
  /** Elements of which the beginning of the text is kept. */
  texts?: ReadonlySet<string>
}

/**
 * Parses JUnit XML. What cannot be read is a value. A hostile file may take seconds, much memory or all of the stack:
 * call it where that does no harm.
 */
export async function parseJunit(bytes: Uint8Array, { attributes, texts }: Kept): Promise<JunitXml> {
  if (bytes.byteLength > REPORT_LIMITS.fileBytes) return unreadable(`${bytes.byteLength} bytes are too many`)
  try {
    const root: unknown = await parse(decodeXml(bytes), {
      strict: true,
      // By default `007` would be a 7.
      attrValueProcessors: [(value: string, name: string) => (attributes.has(name) ? value : '')],
      valueProcessors: [
        (value: string, name: string) => (texts?.has(name) === true ? value.slice(0, REPORT_LIMITS.messageLength) : ''),
      ],
    })
    if (root === null) return unreadable('it is empty')
    return isElement(root) ? { type: 'junit', root } : { type: 'other' }
  } catch (error) {
    return unreadable(error)
  }
}

const isElement = (value: unknown): value is Element =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An attribute of the same name is text, never a list. */
export function childrenOf(element: Element, name: string): Element[] {
  const children = element[name]
  return Array.isArray(children) ? children.filter(isElement) : []
}

export const textOf = (element: Element, name: string): string => {
  const value = element[name]
  return typeof value === 'string' ? value : ''
}
