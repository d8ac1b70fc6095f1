import type { Template } from '../../../frameworks/templates.ts'

const NAME = 'test'

/** Name of the container that runs the tests: the one called `test`, else the first. */
export function testContainer({ pod }: Template): string {
  const containers = pod?.spec.containers ?? []
  return (containers.find(({ name }) => name === NAME) ?? containers[0])?.name ?? NAME
}
