import type { Ddmin } from './ddmin.ts'
import { type Ranges, sameSet } from './ranges.ts'
import type { VictimAnswer, VictimRule } from './victim.ts'

/** Orders of all tests as runs had them: one in which the victim failed, one in which it passed. */
export type OrderName = 'failing' | 'passing'

/** What runs before the victim. */
export type Company =
  /** All tests as the project itself orders them. Tells an order. */
  | { type: 'whole' }
  /** A random order of all tests. Tells an order. */
  | { type: 'shuffled'; seed: number }
  /** Some of the tests that stand before it in an order, in that order; none: it runs alone. */
  | { type: 'before'; order: OrderName; tests: Ranges }

/** A company that the victim is run in, so often that it is known whether it fails there. */
export interface Question {
  /** From 1. */
  number: number
  company: Company
  /** Null where one run is enough: it is to tell an order. */
  rule: VictimRule | null
  /** False once it has an answer, or none is needed any more. */
  open: boolean
  /** Suites that make its runs, and the runs asked of the last of them. */
  parts: number
  partRuns: number
  /** Place of the first of those in the isolation's draw of seeds: no two questions share one. */
  seedsFrom: number
  /** Runs in which the victim passed or failed. */
  runs: number
  failures: number
  /** Null where there is none. */
  answer: VictimAnswer | null
}

interface KnownOrder {
  /** Tests before the victim. */
  before: number
  /** Places of those to be tried by themselves first. */
  singles: readonly number[]
  /** Made up here: what is shown in it says nothing of the project's own order. */
  shuffled: boolean
}

/** Why the evidence is not enough. */
export type Shortfall =
  /** Alone it fails too often to pass and too seldom to fail. */
  | 'alone_undecided'
  | 'order_undecided'
  /** The difference between alone and together may be chance. */
  | 'rates_alike'
  /** Its runs gave no result of the victim. */
  | 'victim_not_seen'
  /** Answers contradict each other. */
  | 'contradictions'
  | 'budget'

export type IsolationResult =
  /** It passes alone and fails after these. */
  | { answer: 'polluter'; order: OrderName; members: Member[]; alone: Rate; together: Rate }
  /** It fails alone and passes after these. */
  | { answer: 'brittle'; order: OrderName; members: Member[]; alone: Rate; together: Rate }
  /** It fails alone, and no order is known in which it passes. */
  | { answer: 'fails-alone'; alone: Rate; together: Rate | null }
  /** It passes alone and after all that came before it. */
  | { answer: 'not-order-dependent'; alone: Rate; together: Rate | null; shuffles: number }
  | { answer: 'not-enough-evidence'; reason: Shortfall; smallest: { order: OrderName; tests: Ranges } | null }

export interface Member {
  /** In the order. */
  place: number
  /** False where it could not be found out whether it can be left out. */
  needed: boolean
}

export interface Rate {
  runs: number
  failures: number
}

/**
 * Where an isolation stands, stored after every answer.
 *
 * | stage | asks |
 * |---|---|
 * | `learn` | the project's own order |
 * | `baseline` | the victim alone, and after all tests of an order |
 * | `setter` | a victim that fails alone: whether it passes after all tests of an order |
 * | `shuffle` | random orders, until it fails in one |
 * | `reduce` | which of the tests before it matter |
 * | `confirm` | the victim alone and after the tests found, anew |
 */
export interface IsolationState {
  stage: 'learn' | 'baseline' | 'setter' | 'shuffle' | 'reduce' | 'confirm' | 'ended'
  confidence: number
  /** p1 of the questions: at first what was asked for, then half of the rate that was seen. */
  rate: number
  orders: { failing?: KnownOrder; passing?: KnownOrder }
  /** The one that is looked into. */
  order: OrderName
  alone: VictimAnswer | null
  /** After all tests of `order`. */
  full: VictimAnswer | null
  /** What the tests before the victim make it do. */
  effect: 'fails' | 'passes'
  ddmin: Ddmin | null
  /** Runs that confirmed the set that was found last. */
  confirmed: { rounds: number; alone: Rate; together: Rate }
  /** Random orders that were tried. */
  shuffles: number
  questions: readonly Question[]
  result: IsolationResult | null
}

export function sameCompany(a: Company, b: Company): boolean {
  switch (a.type) {
    case 'whole':
      return b.type === 'whole'
    case 'shuffled':
      return b.type === 'shuffled' && a.seed === b.seed
    case 'before':
      return b.type === 'before' && sameSet(a.tests, b.tests) && (a.order === b.order || a.tests.length === 0)
  }
}

/** All tests before the victim. */
export const allBefore = ({ orders }: IsolationState, order: OrderName): Ranges => {
  const before = orders[order]?.before ?? 0
  return before === 0 ? [] : [[0, before]]
}
