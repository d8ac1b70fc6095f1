import { addPayloadKey } from '../../temporal/payloads/key-file.ts'
import { type CliContext, note, print } from '../context.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'

/** Adds a key to a file; its id is the one line on stdout, the key itself is shown nowhere. */
export async function createPayloadKey(context: CliContext, file: string): Promise<ExitCode> {
  const id = await addPayloadKey(file)
  note(context, `a new key in ${file}; processes that start from now on encrypt with it:`)
  print(context, id)
  return EXIT.passing
}
