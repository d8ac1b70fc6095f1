import { parseQuantity } from '../../../frameworks/template/quantity.ts'

export const RESOURCES = ['cpu', 'memory', 'ephemeral-storage'] as const
export type Resource = (typeof RESOURCES)[number]

export const amountOf = (quantity: string): number => parseQuantity(quantity) ?? 0

/** Thousandths where needed, so that both processors and bytes come out exactly; never less than the number. */
export function quantityOf(amount: number): string {
  const thousandths = Math.ceil(amount * 1000 - 1e-6)
  return thousandths % 1000 === 0 ? String(thousandths / 1000) : `${thousandths}m`
}
