import { z } from 'zod'

const NO_NUL = /^[^\0]*$/
/** Chosen tests are named word by word; a command line takes 2 MiB. */
const MOST_WORDS = 32_768
const text = z.string().max(8192).regex(NO_NUL, 'must not contain a NUL byte')

/** A command: a line for the shell (`bash -c`, `sh` where there is no bash) or an argument vector. */
export const commandSchema = z.union([
  z.strictObject({ shell: text.refine((line) => line.trim() !== '', 'must not be empty') }),
  z.strictObject({ argv: z.array(text).min(1).max(MOST_WORDS) }),
])
export type Command = z.infer<typeof commandSchema>
