/** One step of a test, as both dialects show it. */
export interface Step {
  step: StepId
  description: string
  /** RFC 3339 in UTC. */
  timestamp: string
}

/** In the order in which they come. */
export const STEP_IDS = [
  'setup',
  'pod_ready',
  'setup_complete',
  'repo_check',
  'repo_clone',
  'repo_update',
  'commit_checkout',
  'commit_verified',
  'dependencies',
  'test_execution',
] as const
export type StepId = (typeof STEP_IDS)[number]

/** A fault of the cluster, with the command that shows more of it. */
export interface ClusterFault {
  command: string
  error: string
}

export type TestStatus = 'passed' | 'failed' | 'error'

/** `test_results` of dialect 1 and `result` of dialect 2. */
export interface TestResults {
  /** As asked for. */
  commit: string
  /** `failed`: the tests ran and failed; `error`: they could not be run. */
  status: TestStatus
  success: boolean
  /** Seconds, two decimals. */
  duration: number
  /** Subject of the commit; empty where it was not found. */
  commit_message: string
  output: { stdout: string; stderr: string; kubectl_errors: ClusterFault[] }
  steps: Step[]
}

export interface NamespaceStatus {
  status: 'created' | 'exists'
  namespace: string
  project_type: string
  timestamp: string
}
