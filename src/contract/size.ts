import { invalidInput } from './errors.ts'

const SIZE = /^(\d{1,12}(?:\.\d{1,6})?)\s*(?:([kmgt])i?)?b?$/i
const POWERS = ['', 'k', 'm', 'g', 't']

/**
 * Bytes of a size such as `512`, `64KiB`, `512M` or `2GiB`. Every unit is a power of 1024, with or without
 * the `i`, as memory limits are usually meant. Throws `invalid_input` naming `field` for anything else.
 */
export function parseSize(text: string, field: string): number {
  const [, amount, unit = ''] = SIZE.exec(text.trim()) ?? []
  if (amount === undefined) {
    throw invalidInput(field, text, 'must be a size in bytes or with a unit: 64KiB, 512MiB, 2GiB')
  }
  return Math.round(Number(amount) * 1024 ** POWERS.indexOf(unit.toLowerCase()))
}
