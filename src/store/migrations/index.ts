import { initial } from './0001-initial.ts'
import type { Migration } from './migration.ts'

/** In order; versions rise by one from 1. */
export const MIGRATIONS: readonly Migration[] = [initial]
export const NEWEST_VERSION = MIGRATIONS.length
