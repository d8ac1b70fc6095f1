import { createHmac, hkdfSync } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { Client, type Connection, type WorkflowClientInterceptor } from '@temporalio/client'
import type { DataConverter } from '@temporalio/common'
import { fairnessKeyOf } from '../../requests/priority.ts'
import { payloadCodec } from './codec.ts'
import { keysOf, type PayloadKey } from './key-file.ts'

/** How this process writes what Temporal keeps. */
export interface PayloadEncryption {
  dataConverter: DataConverter
  /** Whether the messages of failures are payloads, and so encrypted, in workflows too. */
  encodesFailures: boolean
  /** How a repository is named where Temporal keeps it readable; undefined where that is its address. */
  labelOf: ((repo: string) => string) | undefined
}

const LABEL_BYTES = 12

/** Of the keys in a file. Without a file nothing is encrypted, and what is encrypted is refused by name of the setting. */
export function payloadEncryption(file: string | undefined): PayloadEncryption {
  const keys = keysOf(file)
  const payloadCodecs = [payloadCodec(keys)]
  const newest = keys.at(-1)
  if (newest === undefined) return { dataConverter: { payloadCodecs }, encodesFailures: false, labelOf: undefined }
  return {
    dataConverter: { payloadCodecs, failureConverterPath: encodedFailures() },
    encodesFailures: true,
    labelOf: repositoryLabel(newest),
  }
}

/** Loaded by path, by the SDK and by the bundle of the workflows. */
export function encodedFailures(): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`../../../workflows/encoded-failures.${extension}`, import.meta.url))
}

/** Tells repositories apart without saying which they are: who has no key cannot even try a guess. */
function repositoryLabel({ secret }: PayloadKey): (repo: string) => string {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'commit-suite repository label', 32))
  return (repo) => {
    const digest = createHmac('sha256', key).update(fairnessKeyOf(repo)).digest()
    return `repo-${digest.subarray(0, LABEL_BYTES).toString('hex')}`
  }
}

export interface ClientOptions {
  encryption: PayloadEncryption
  /** Around the starts of workflows, and other calls. */
  interceptors: readonly WorkflowClientInterceptor[]
}

/** A client that writes as the encryption says. Fairness keys hold the address of a repository, and stay readable. */
export function temporalClient(
  connection: Connection,
  namespace: string,
  { encryption: { dataConverter, labelOf }, interceptors }: ClientOptions,
): Client {
  const hiding = labelOf === undefined ? [] : [hideFairnessKeys(labelOf)]
  return new Client({ connection, namespace, dataConverter, interceptors: { workflow: [...interceptors, ...hiding] } })
}

const hideFairnessKeys = (labelOf: (repo: string) => string): WorkflowClientInterceptor => ({
  startWithDetails: (input, next) => {
    const { priority } = input.options
    if (priority?.fairnessKey === undefined) return next(input)
    const hidden = { ...priority, fairnessKey: labelOf(priority.fairnessKey) }
    return next({ ...input, options: { ...input.options, priority: hidden } })
  },
})
