import { z } from 'zod'
import { containerSchema } from './container-schema.ts'
import { opaque } from './opaque.ts'
import { RESERVED_VOLUMES } from './reserved.ts'

const metadataSchema = z
  .looseObject({
    labels: z.record(z.string(), z.string()).nullish(),
    annotations: z.record(z.string(), z.string()).nullish(),
  })
  .nullish()

const podSpecSchema = z
  .strictObject({
    ...opaque(
      'activeDeadlineSeconds,affinity,automountServiceAccountToken,dnsConfig,dnsPolicy,enableServiceLinks,' +
        'hostAliases,hostIPC,hostNetwork,hostPID,hostUsers,hostname,hostnameOverride,nodeName,os,overhead,' +
        'preemptionPolicy,priority,priorityClassName,readinessGates,resourceClaims,resources,restartPolicy,' +
        'runtimeClassName,schedulerName,schedulingGates,serviceAccount,serviceAccountName,setHostnameAsFQDN,' +
        'shareProcessNamespace,subdomain,terminationGracePeriodSeconds',
    ),
    containers: z.array(containerSchema).min(1, 'must hold at least one container'),
    initContainers: z.array(containerSchema).nullish(),
    imagePullSecrets: z.array(z.strictObject({ name: z.string().min(1) })).nullish(),
    nodeSelector: z.record(z.string(), z.string()).nullish(),
    securityContext: z.looseObject({}).nullish(),
    tolerations: z.array(z.looseObject({})).nullish(),
    topologySpreadConstraints: z.array(z.looseObject({})).nullish(),
    volumes: z
      .array(
        z.looseObject({
          name: z
            .string()
            .min(1)
            .refine((name) => !RESERVED_VOLUMES.includes(name), 'is the name of a volume of our own'),
        }),
      )
      .nullish(),
  })
  .check(({ value, issues }) => {
    const seen = new Set<string>()
    for (const list of ['initContainers', 'containers'] as const) {
      for (const [index, { name }] of (value[list] ?? []).entries()) {
        if (seen.has(name)) {
          const path = [list, index, 'name']
          issues.push({ code: 'custom', input: name, path, message: 'is the name of another container already' })
        }
        seen.add(name)
      }
    }
  })

/** The part of a manifest that makes pods, with nothing in it that Kubernetes would not know. */
export interface PodTemplate {
  labels: Record<string, string>
  annotations: Record<string, string>
  /** Fields that we never look at are as the file has them. */
  spec: z.output<typeof podSpecSchema>
}

/** Top-level fields of a manifest. */
export const MANIFEST_FIELDS = ['apiVersion', 'kind', 'metadata', 'spec', 'status']

const podSchema = z.strictObject({
  apiVersion: z.literal('v1', { error: 'must be v1 for a Pod' }),
  kind: z.literal('Pod'),
  metadata: metadataSchema,
  spec: podSpecSchema,
  status: z.unknown().optional(),
})

const deploymentSchema = z.strictObject({
  apiVersion: z.literal('apps/v1', { error: 'must be apps/v1 for a Deployment' }),
  kind: z.literal('Deployment'),
  metadata: metadataSchema,
  spec: z.looseObject({ template: z.strictObject({ metadata: metadataSchema, spec: podSpecSchema }) }),
  status: z.unknown().optional(),
})

/** `test-pod.yaml`: a Pod, or a Deployment, of which only the template of its pods counts. */
export const manifestSchema = z
  .discriminatedUnion('kind', [podSchema, deploymentSchema], { error: 'must be a Pod or a Deployment' })
  .transform((manifest): PodTemplate => {
    const { metadata, spec } = manifest.kind === 'Pod' ? manifest : manifest.spec.template
    return { labels: metadata?.labels ?? {}, annotations: metadata?.annotations ?? {}, spec }
  })
