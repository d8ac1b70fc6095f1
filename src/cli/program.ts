import { Command, CommanderError } from 'commander'
import { packageVersion } from '../package-version.ts'
import { defineBisect } from './commands/bisect.ts'
import { defineCancel } from './commands/cancel.ts'
import { defineDoctor } from './commands/doctor.ts'
import { defineEnvironments } from './commands/environments.ts'
import { defineExtend } from './commands/extend.ts'
import { defineGateway } from './commands/gateway.ts'
import { defineGc } from './commands/gc.ts'
import { defineHistory } from './commands/history.ts'
import { defineIsolate } from './commands/isolate.ts'
import { defineKeys } from './commands/keys.ts'
import { defineList } from './commands/list.ts'
import { defineLogs } from './commands/logs.ts'
import { defineMigrate } from './commands/migrate.ts'
import { definePause } from './commands/pause.ts'
import { definePayloadKeys } from './commands/payload-keys.ts'
import { defineReplay } from './commands/replay.ts'
import { defineReport } from './commands/report.ts'
import { defineResume } from './commands/resume.ts'
import { defineRun } from './commands/run.ts'
import { defineServe } from './commands/serve.ts'
import { defineShow } from './commands/show.ts'
import { defineSweep } from './commands/sweep.ts'
import { defineVersion } from './commands/version.ts'
import { defineWatch } from './commands/watch.ts'
import { defineWorker } from './commands/worker.ts'
import { type CliContext, print, wantsColor } from './context.ts'
import { reportError } from './errors.ts'
import { EXIT } from './exit-codes.ts'

const COMMANDS = [
  defineRun,
  defineBisect,
  defineIsolate,
  defineWatch,
  defineShow,
  defineList,
  defineHistory,
  defineLogs,
  defineCancel,
  definePause,
  defineResume,
  defineExtend,
  defineReplay,
  defineSweep,
  defineReport,
  defineServe,
  defineWorker,
  defineGateway,
  defineMigrate,
  defineKeys,
  definePayloadKeys,
  defineDoctor,
  defineEnvironments,
  defineGc,
  defineVersion,
]

const EXAMPLES = `
Examples:
  commit-suite run --commits HEAD~3..HEAD --runs 20 --command 'pytest'
  commit-suite bisect --good v1.4 --command 'pytest'
  commit-suite isolate tests.test_cache::test_evicts
  commit-suite watch
  commit-suite replay s-k2v7q3xm4a.0123456789ab.3 --times 10

commit-suite <command> --help says more. State is kept under $COMMIT_SUITE_HOME.
With COMMIT_SUITE_URL (and COMMIT_SUITE_API_KEY) commands work on what is behind that gateway instead.`

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
