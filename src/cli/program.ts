import { Command, CommanderError } from 'commander'
import { defineCancel } from './commands/cancel.ts'
import { defineDoctor } from './commands/doctor.ts'
import { defineEnvironments } from './commands/environments.ts'
import { defineGc } from './commands/gc.ts'
import { defineList } from './commands/list.ts'
import { defineLogs } from './commands/logs.ts'
import { definePause } from './commands/pause.ts'
import { defineReplay } from './commands/replay.ts'
import { defineResume } from './commands/resume.ts'
import { defineRun } from './commands/run.ts'
import { defineServe } from './commands/serve.ts'
import { defineShow } from './commands/show.ts'
import { defineVersion } from './commands/version.ts'
import { defineWatch } from './commands/watch.ts'
import { defineWorker } from './commands/worker.ts'
import { type CliContext, print, wantsColor } from './context.ts'
import { reportError } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import { packageVersion } from './package-version.ts'

const COMMANDS = [
  defineRun,
  defineWatch,
  defineShow,
  defineList,
  defineLogs,
  defineCancel,
  definePause,
  defineResume,
  defineReplay,
  defineServe,
  defineWorker,
  defineDoctor,
  defineEnvironments,
  defineGc,
  defineVersion,
]

const EXAMPLES = `
Examples:
  commit-suite run --commits HEAD~3..HEAD --runs 20 --command 'pytest'
  commit-suite watch
  commit-suite replay s-k2v7q3xm4a.0123456789ab.3 --times 10

commit-suite <command> --help says more. State is kept under $COMMIT_SUITE_HOME.`

/** Help and errors go to stderr: stdout is for results. */
function createProgram(context: CliContext): Command {
  const { stderr } = context
  return new Command('commit-suite')
    .description('At which commits does this test fail, how often, and since when?')
    .option('-V, --version', 'print the version')
    .configureOutput({
      writeOut: (text) => stderr.write(text),
      writeErr: (text) => stderr.write(text),
      getOutHelpWidth: () => stderr.columns || 100,
      getErrHelpWidth: () => stderr.columns || 100,
      getOutHasColors: () => wantsColor(context, stderr),
      getErrHasColors: () => wantsColor(context, stderr),
    })
    .exitOverride()
    .addHelpText('after', EXAMPLES)
    .on('option:version', () => {
      print(context, packageVersion())
      throw new CommanderError(0, 'commander.version', packageVersion())
    })
}

/** Runs one command line (without node and script) and returns its exit code; says on stderr what went wrong. */
export async function runCommandLine(context: CliContext, args: readonly string[]): Promise<number> {
  const program = createProgram(context)
  let exitCode: number = EXIT.passing
  for (const define of COMMANDS) {
    define(program, context, (code) => {
      exitCode = code
    })
  }
  try {
    await program.parseAsync(args, { from: 'user' })
    return exitCode
  } catch (error) {
    return reportError(context, error)
  }
}
