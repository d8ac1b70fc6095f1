import { z } from 'zod'
import { opaque } from './opaque.ts'
import { quantitySchema } from './quantity.ts'
import { POD_ROOT } from './reserved.ts'

const DNS_LABEL = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/
const quantities = z.record(z.string(), quantitySchema).nullish()

export const imageSchema = z
  .string()
  .max(1024)
  .regex(/^[^\s\p{Cc}]+$/u, 'must be the name of an image')

const isBelowRoot = (path: string): boolean => path === POD_ROOT || path.startsWith(`${POD_ROOT}/`)

/** One container of a manifest; what is not checked here the API server checks. */
export const containerSchema = z.strictObject({
  ...opaque(
    'envFrom,lifecycle,livenessProbe,ports,readinessProbe,resizePolicy,restartPolicy,restartPolicyRules,startupProbe,' +
      'stdin,stdinOnce,terminationMessagePath,terminationMessagePolicy,tty,volumeDevices,workingDir',
  ),
  name: z.string().regex(DNS_LABEL, 'must be a DNS label: lower-case letters, digits and hyphens, at most 63'),
  image: imageSchema.optional(),
  imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
  command: z.array(z.string()).nullish(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.looseObject({ name: z.string().min(1), value: z.string().optional() })).nullish(),
  resources: z.looseObject({ requests: quantities, limits: quantities }).nullish(),
  securityContext: z.looseObject({}).nullish(),
  volumeMounts: z
    .array(
      z.looseObject({
        name: z.string().min(1),
        mountPath: z
          .string()
          .startsWith('/', 'must be an absolute path')
          .refine((path) => !isBelowRoot(path), `must not be below ${POD_ROOT}, which is ours`),
      }),
    )
    .nullish(),
})
