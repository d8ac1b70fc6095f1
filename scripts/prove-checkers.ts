import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'

interface Proof {
  /** Name of the script `check:…`. */
  check: string
  fault: string
  /** Files to write into the copy, by path. */
  plant: Record<string, string>
  /** What the checker has to say about it: failing for some other reason proves nothing. */
  says: RegExp
}

const PROOFS: readonly Proof[] = [
  {
    check: 'style',
    fault: 'a badly formatted file',
    plant: { 'src/planted/format.ts': 'export const  planted = "two";\n' },
    says: /planted\/format\.ts format/,
  },
  {
    check: 'style',
    fault: 'an `any`',
    plant: { 'src/planted/lint.ts': 'export const planted = (value: any) => value\n' },
    says: /planted\/lint\.ts.*noExplicitAny/,
  },
  {
    check: 'style',
    fault: 'imports out of order',
    plant: {
      'src/planted/order.ts':
        "import 'node:os'\n\nimport { z } from 'zod'\nimport { c } from './c.ts'\nimport { b } from './b.ts'\n\nexport const planted = [z, b, c]\n",
    },
    says: /planted\/order\.ts.*organizeImports/,
  },
  {
    check: 'types',
    fault: 'a wrong type',
    plant: { 'src/planted/types.ts': "export const planted: number = 'one'\n" },
    says: /planted\/types\.ts.*TS2322/,
  },
  {
    check: 'dead-code',
    fault: 'an export nobody uses',
    plant: {
      'src/planted/main.ts': "import { used } from './exports.ts'\n\nused()\n",
      'src/planted/exports.ts': 'export const used = () => 1\nexport const neverUsed = () => 2\n',
    },
    says: /neverUsed .*planted\/exports\.ts/,
  },
  {
    check: 'architecture',
    fault: 'statistics that read a file',
    plant: {
      'src/stats/planted.ts': "import { readFileSync } from 'node:fs'\n\nexport const planted = readFileSync\n",
    },
    says: /stats-are-pure: src\/stats\/planted\.ts/,
  },
  {
    check: 'architecture',
    fault: 'a circle of imports',
    plant: {
      'src/planted/a.ts': "import { b } from './b.ts'\n\nexport const a = () => b()\n",
      'src/planted/b.ts': "import { a } from './a.ts'\n\nexport const b = (): unknown => a\n",
    },
    says: /no-circles: src\/planted/,
  },
  {
    check: 'architecture',
    fault: 'a command that uses the Kubernetes client',
    plant: {
      'src/cli/planted.ts': "import { KubeConfig } from '@kubernetes/client-node'\n\nexport const p = KubeConfig\n",
    },
    says: /kubernetes-client-in-its-executor: src\/cli\/planted\.ts/,
  },
  {
    check: 'architecture',
    fault: 'an executor for pods that every worker loads',
    plant: {
      'src/temporal/planted.ts': "import { p } from '../executors/kubernetes/planted.ts'\n\nexport const q = p\n",
      'src/executors/kubernetes/planted.ts':
        "import { KubeConfig } from '@kubernetes/client-node'\n\nexport const p = KubeConfig\n",
    },
    says: /kubernetes-lazily: src\/temporal\/planted\.ts/,
  },
  {
    check: 'architecture',
    fault: 'a detour to the Kubernetes client',
    plant: {
      'src/executors/kubernetes/places.ts': "import { p } from './planted.ts'\n\nexport const q = p\n",
      'src/executors/kubernetes/planted.ts':
        "import { KubeConfig } from '@kubernetes/client-node'\n\nexport const p = KubeConfig\n",
    },
    says: /kubernetes-client-not-where-none-is-expected: src\/executors\/kubernetes\/places\.ts/,
  },
  {
    check: 'architecture',
    fault: 'a gateway that loads the SDK for traces',
    plant: {
      'src/gateway/planted.ts':
        "import { TracerProvider } from '@opentelemetry/sdk-trace'\n\nexport const p = TracerProvider\n",
    },
    says: /opentelemetry-sdk-where-it-is-started: src\/gateway\/planted\.ts/,
  },
  {
    check: 'architecture',
    fault: 'telemetry that knows who uses it',
    plant: {
      'src/telemetry/planted.ts': "import { p } from '../store/planted.ts'\n\nexport const q = () => p()\n",
      'src/store/planted.ts': 'export const p = () => 1\n',
    },
    says: /telemetry-knows-no-user: src\/telemetry\/planted\.ts/,
  },
  {
    check: 'architecture',
    fault: 'a checker that reads nothing',
    plant: { '.dependency-cruiser.mjs': "export default { forbidden: [], options: { exclude: { path: '.' } } }\n" },
    says: /read no module at all/,
  },
  {
    check: 'packages',
    fault: 'a version range, a registry, a licence that does not fit, a package without checksum',
    plant: {
      'package-lock.json':
        '{"packages": {"": {}, "node_modules/planted": {"license": "AGPL-3.0-only", "resolved": "x"}}}\n',
    },
    says: /does not know zod.*names a registry.*has no checksum.*licence AGPL/s,
  },
]

const COPIED = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  'knip.json',
  '.dependency-cruiser.mjs',
  'scripts',
  'src/contract',
]

/** A checkout in small: the real configuration, the contract, and the fault. */
async function plantedCheckout(root: string, proof: Proof): Promise<void> {
  for (const path of COPIED) await cp(path, join(root, path), { recursive: true })
  await symlink(resolve('node_modules'), join(root, 'node_modules'))
  for (const [path, text] of Object.entries(proof.plant)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
}

/** Whether the checker failed on the fault and named it; what it said otherwise. */
async function prove(proof: Proof): Promise<string | undefined> {
  const root = await mkdtemp(join(tmpdir(), 'commit-suite-proof-'))
  try {
    await plantedCheckout(root, proof)
    const { exitCode, all } = await execa('npm', ['run', '--silent', `check:${proof.check}`], {
      cwd: root,
      all: true,
      reject: false,
    })
    if (exitCode === 0) return `passed\n${all}`
    return proof.says.test(all) ? undefined : `failed without naming it\n${all}`
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

for (const proof of PROOFS) {
  const problem = await prove(proof)
  console.log(`${problem === undefined ? 'caught' : 'MISSED'} ${proof.check}: ${proof.fault}`)
  if (problem === undefined) continue
  console.error(problem)
  process.exitCode = 1
}
