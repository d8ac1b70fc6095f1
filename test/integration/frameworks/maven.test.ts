import { spawnSync } from 'node:child_process'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { detectFramework } from '../../../src/frameworks/detect.ts'
import { directoryTree } from '../../fixtures/directory-tree.ts'
import { makeProject, type Project, setUp } from './project.ts'

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>x</groupId><artifactId>x</artifactId><version>1</version>
  <properties>
    <maven.compiler.source>11</maven.compiler.source><maven.compiler.target>11</maven.compiler.target>
    <project.build.sourceEncoding>UTF-8</project.build.sourceEncoding>
  </properties>
  <dependencies><dependency>
    <groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>5.11.4</version><scope>test</scope>
  </dependency></dependencies>
  <build><plugins><plugin><artifactId>maven-surefire-plugin</artifactId><version>3.5.2</version></plugin></plugins></build>
</project>
`
const SEED_TEST = `import java.nio.file.*;
import org.junit.jupiter.api.*;
class SeedTest {
  @Test void passes() throws Exception {
    Files.writeString(Path.of("ran"), "");
    Assertions.assertEquals("42", System.getenv("TEST_SEED"));
  }
}
`

const hasMaven = spawnSync('sh', ['-c', 'command -v mvn']).status === 0

let project: Project | undefined
afterEach(() => project?.remove())

test.runIf(hasMaven)(
  'Maven is set up without running a test; then it tests without a network, from the HOME it was set up in',
  async () => {
    project = await makeProject()
    const seedTest = join(project.tree, 'src/test/java/SeedTest.java')
    await mkdir(dirname(seedTest), { recursive: true })
    await writeFile(join(project.tree, 'pom.xml'), POM)
    await writeFile(seedTest, SEED_TEST)
    const { setup, environment } = await detectFramework(directoryTree(project.tree))
    await setUp(project, setup)
    expect(await readdir(project.tree)).not.toContain('ran')
    expect(await readdir(join(project.home, '.m2'))).toContain('repository')
    const offline = { shell: 'mvn -B --offline test' }
    expect(await project.run(offline, environment(42, 0))).toMatchObject({ exitCode: 0 })
    expect(await project.run(offline, environment(43, 1))).toMatchObject({ exitCode: 1 })
    expect(await readdir(join(project.tree, 'target/surefire-reports'))).toContain('TEST-SeedTest.xml')
  },
  180_000,
)
