import { invalidInput } from './contract/index.ts'

/** What the operator pays for an hour of one processor, one GiB of memory, one GiB of disk. */
export interface Prices {
  cpuHour: number
  memoryGibHour: number
  diskGibHour: number
  /** As it is to be shown: `EUR`, `credits`. */
  currency: string
}

const NAMES = { cpu: 'cpuHour', memory: 'memoryGibHour', disk: 'diskGibHour' } as const
const isName = (name: string): name is keyof typeof NAMES => Object.hasOwn(NAMES, name)
const AMOUNT = /^\d{1,9}(\.\d{1,12})?$/
const CURRENCY = /^[A-Za-z]{1,12}$/
const REMEDY = 'Write it like cpu=0.031,memory=0.004,disk=0.0001,currency=EUR.'

/** Reads prices an hour; what is not named costs nothing, and no text is no prices. Throws `config_invalid`. */
export function parsePrices(field: string, text: string): Prices | undefined {
  if (text.trim() === '') return undefined
  const prices: Prices = { cpuHour: 0, memoryGibHour: 0, diskGibHour: 0, currency: '' }
  const fail = (rule: string): never => {
    throw invalidInput(field, text, rule, REMEDY, 'config_invalid')
  }
  for (const entry of text.split(',')) {
    const [name = '', value = '', ...rest] = entry.split('=').map((part) => part.trim())
    if (rest.length > 0) fail(`has more than one = in "${entry.trim()}"`)
    if (name === 'currency') {
      if (!CURRENCY.test(value)) fail('must have a currency of 1 to 12 letters')
      prices.currency = value
    } else if (isName(name)) {
      if (!AMOUNT.test(value)) fail(`must have a number that is not negative for ${name}`)
      prices[NAMES[name]] = Number(value)
    } else fail(`names cpu, memory, disk and currency, not "${name}"`)
  }
  return prices
}

/** What resource-hours come to. */
export function priceOf(
  spent: { cpuHours: number; memoryGibHours: number; diskGibHours: number },
  { cpuHour, memoryGibHour, diskGibHour, currency }: Prices,
): { amount: number; currency: string } {
  const { cpuHours, memoryGibHours, diskGibHours } = spent
  return {
    amount: cpuHours * cpuHour + memoryGibHours * memoryGibHour + diskGibHours * diskGibHour,
    currency,
  }
}
