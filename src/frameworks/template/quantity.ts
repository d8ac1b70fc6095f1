import { z } from 'zod'

const QUANTITY = /^\+?(\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(?:([KMGTPE]i|[numkMGTPE])|[eE]([+-]?\d{1,2}))?$/
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E']

/**
 * The number that a Kubernetes quantity stands for (`250m` is 0.25, `64Mi` is 67108864), near enough to compare two
 * of them; undefined for anything else, and for negative ones, which no resource can have.
 */
export function parseQuantity(text: string): number | undefined {
  const [, amount, suffix = '', exponent] = QUANTITY.exec(text) ?? []
  if (amount === undefined) return undefined
  if (exponent !== undefined) return Number(`${amount}e${exponent}`)
  const binary = BINARY.indexOf(suffix)
  return binary === -1
    ? Number(`${amount}e${(DECIMAL.indexOf(suffix) - DECIMAL.indexOf('')) * 3}`)
    : Number(amount) * 1024 ** (binary + 1)
}

/** As people write it: YAML reads `cpu: 2` as a number. */
export const quantitySchema = z
  .union([z.string(), z.number()], { error: 'must be a Kubernetes quantity, such as 500m, 2 or 512Mi' })
  .transform(String)
  .refine((text) => parseQuantity(text) !== undefined, {
    error: 'must be a Kubernetes quantity that is not negative, such as 500m, 2 or 512Mi',
  })
