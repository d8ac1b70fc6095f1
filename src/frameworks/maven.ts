import type { Command } from '../contract/index.ts'
import type { Framework, TreeReader } from './framework.ts'
import { withOptions } from './shuffling.ts'

/**
 * Java takes the home folder from the system's users, not from HOME: without this Maven's repository would lie
 * outside of the prepared HOME. Maven's official image sets MAVEN_CONFIG, which wrapper scripts take for arguments.
 */
const HOME_OF_JAVA: Command = {
  shell: `printf '%s\\n' 'MAVEN_OPTS="$MAVEN_OPTS -Duser.home=$HOME"' 'unset MAVEN_CONFIG' >>"$HOME/.mavenrc"`,
}
/** Which provider runs the tests is settled, and fetched, only by surefire itself: so it runs them all, but no method. */
const NO_TESTS = `'-Dtest=*#commitSuiteWarmUp' -DfailIfNoTests=false -Dsurefire.failIfNoSpecifiedTests=false`

/** Of classes by Surefire, and by JUnit 5 of classes and methods. */
const RANDOM_ORDER = [
  '-Dsurefire.runOrder=random',
  '-Djunit.jupiter.testclass.order.default=org.junit.jupiter.api.ClassOrderer$Random',
  '-Djunit.jupiter.testmethod.order.default=org.junit.jupiter.api.MethodOrderer$Random',
]

export const maven: Framework = {
  name: 'maven',
  projectType: 'maven',
  mentionedIn: /(?:^|[\s/;&|("'])mvnw?(?:$|[\s;&|)"'])/,
  detect: (files) => files.exists('pom.xml'),
  async setup(files) {
    const mvn = `${await program(files)} -B -q`
    return [
      HOME_OF_JAVA,
      // Modules that need each other are resolved only by a build.
      { shell: `${mvn} dependency:go-offline || ${mvn} test-compile` },
      { shell: `${mvn} test ${NO_TESTS} || true` },
    ]
  },
  command: async (files) => ({ shell: `${await program(files)} -B test` }),
  plugins: async () => [],
  /** Maven 3.9 and later read MAVEN_ARGS; without a random order both options change nothing. */
  seedEnvironment: (seed, base) => ({
    MAVEN_ARGS: withOptions(base.MAVEN_ARGS, [
      `-Dsurefire.runOrder.random.seed=${seed}`,
      `-Djunit.jupiter.execution.order.random.seed=${seed}`,
    ]),
  }),
  environment: () => ({}),
  /** Surefire writes reports by itself. */
  report: undefined,
  shuffle: {
    hindrance: async () => undefined,
    environment: (_, base) => ({ MAVEN_ARGS: withOptions(base.MAVEN_ARGS, RANDOM_ORDER) }),
  },
}

/** The project's wrapper where the commit holds all of it; the file may lack its executable bit. */
async function program(files: TreeReader): Promise<string> {
  const wrapped = (await files.exists('mvnw')) && (await files.exists('.mvn/wrapper/maven-wrapper.properties'))
  return wrapped ? 'sh ./mvnw' : 'mvn'
}
