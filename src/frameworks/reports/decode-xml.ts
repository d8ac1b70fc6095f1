/** Where an encoding is declared, it is declared here. */
const DECLARATION_BYTES = 256

/**
 * The text of an XML file in the encoding that its first bytes or its declaration name, UTF-8 by default. Bytes that
 * are none in it become U+FFFD. Throws RangeError for an encoding that is not known.
 */
export function decodeXml(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes)
}

function encodingOf(bytes: Uint8Array): string {
  const [first, second] = bytes
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le'
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be'
  const beginning = Buffer.from(bytes.subarray(0, DECLARATION_BYTES)).toString('latin1')
  const declared = /^<\?xml[^>]*?\sencoding\s*=\s*["']([^"']*)["']/.exec(beginning)?.[1] ?? 'utf-8'
  // What can be read as ASCII is not UTF-16, whatever it says of itself.
  return /^utf-?16/i.test(declared) ? 'utf-8' : declared
}
