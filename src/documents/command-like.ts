import { z } from 'zod'
import { type Command, commandSchema } from '../contract/index.ts'

/** A command as people write it in files: text is a line for the shell. */
export const commandLikeSchema = z
  .union([commandSchema.options[0].shape.shell, commandSchema], {
    error: 'must be a line for the shell that is not empty, {shell: "…"} or {argv: ["…"]}',
  })
  .transform((command): Command => (typeof command === 'string' ? { shell: command } : command))
