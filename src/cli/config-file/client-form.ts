import { z } from 'zod'
import { suiteRequestSchema } from '../../contract/index.ts'
import type { FileOptions } from './options.ts'

const { shape } = suiteRequestSchema
const sessionName = z.union([z.string().min(1), z.int()], { error: 'must be text or a whole number' })

/** `config.json` of a WebSocket client. Who asks (`user_id`, `chat_id`) names its session there, nothing here. */
export const clientFormSchema = z.strictObject({
  ws_url: z.url({ protocol: /^wss?$/, error: 'must be a ws or wss URL' }).nullish(),
  repo_url: shape.repo.optional(),
  user_id: sessionName.nullish(),
  chat_id: sessionName.nullish(),
  project_type: shape.projectType.unwrap().nullish(),
  test_command: z.string().trim().min(1, 'must not be empty').max(8192).nullish(),
  commits: shape.commits.unwrap().optional(),
})

/** The client's names in ours; its WebSocket address becomes the gateway's HTTP one. */
export function fromClientForm(parsed: z.output<typeof clientFormSchema>): FileOptions {
  return {
    ...(parsed.ws_url == null ? {} : { gatewayUrl: httpAddress(parsed.ws_url) }),
    ...(parsed.repo_url === undefined ? {} : { repo: parsed.repo_url }),
    ...(parsed.project_type == null ? {} : { projectType: parsed.project_type.toLowerCase() }),
    ...(parsed.test_command == null ? {} : { command: { shell: parsed.test_command } }),
    ...(parsed.commits === undefined ? {} : { commits: parsed.commits }),
  }
}

/** `wss://host/prefix/ws` is served by the gateway at `https://host/prefix`. */
function httpAddress(webSocketUrl: string): string {
  const url = new URL(webSocketUrl)
  const path = url.pathname.replace(/\/+$/, '').replace(/\/ws$/, '')
  return `${url.protocol === 'wss:' ? 'https' : 'http'}://${url.host}${path}`
}
