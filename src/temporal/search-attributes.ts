import type { Connection } from '@temporalio/client'

/** INDEXED_VALUE_TYPE_KEYWORD of temporal.api.enums.v1; the SDK does not export the enumeration. */
const KEYWORD = 2

// MAINTENANCE: workflows/search-attributes.ts sets these, by the same names and types.
export const SEARCH_ATTRIBUTES = ['SuiteId', 'Repo', 'CommitSha', 'Verdict'] as const

/**
 * Creates our search attributes where they are missing. False where the server refuses (some installations
 * keep that to their administrators): workflows then set none.
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<boolean> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
    const missing = SEARCH_ATTRIBUTES.filter((name) => customAttributes?.[name] === undefined)
    if (missing.length > 0) {
      const searchAttributes = Object.fromEntries(missing.map((name) => [name, KEYWORD]))
      await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
    }
    return true
  } catch {
    return false
  }
}
