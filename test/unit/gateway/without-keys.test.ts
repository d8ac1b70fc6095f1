import { expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { startGateway } from '../../../src/gateway/start-gateway.ts'
import { temporaryStore } from '../store/temporary-store.ts'

const nowhere = () => {
  throw new Error('nothing is looked up')
}

it.each(['0.0.0.0', '::', '192.0.2.7'])(
  'a gateway that others could reach does not start before there is a key: %s',
  async (host) => {
    const { store, stateDir } = await temporaryStore()
    const starting = startGateway({
      config: readConfig({ HOME: stateDir, COMMIT_SUITE_HOME: stateDir }),
      store,
      stack: { temporalAddress: '127.0.0.1:1', temporalUi: null, namespace: 'default' },
      openEnvironments: nowhere,
      localEnvironments: { list: nowhere, remove: nowhere } as never,
      ...{ host, port: 0 },
    })
    await expect(starting).rejects.toMatchObject({ code: 'invalid_input', detail: { field: '--host', value: host } })
  },
)
