import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readMessage } from '../../../src/gateway/faces/backend-im/client-message.ts'

const plain = {
  userId: '7',
  chatId: '14',
  repoURL: 'https://github.com/example/shelf.git',
  commitHash: 'HEAD~1',
  projectType: 'FastAPI',
  testCommand: null,
}
const streamed = { ...plain, type: 'test_request', projectId: 'shelf' }
const read = (message: unknown) => readMessage(JSON.stringify(message))
const without = (field: keyof typeof plain) => ({ ...plain, [field]: undefined })

describe('a message of dialect 1', () => {
  it('is a test of a chat and user', () => {
    expect(read({ ...plain, testCommand: 'pytest -x' })).toEqual({
      kind: 'test',
      chat: '14',
      user: '7',
      request: {
        repoURL: 'https://github.com/example/shelf.git',
        commitHash: 'HEAD~1',
        projectType: 'fastapi',
        testCommand: 'pytest -x',
      },
    })
  })

  it.each([[null], [undefined], [''], ['  ']])(
    "runs the project type's own tests where its command is %j",
    (testCommand) => {
      expect(read({ ...plain, testCommand })).toMatchObject({ kind: 'test', request: { testCommand: null } })
    },
  )

  it('may hold fields that nobody knows', () => {
    expect(read({ ...plain, note: 'hello' })).toMatchObject({ kind: 'test' })
  })

  it.each([
    ['chatId', without('chatId'), 'chatId is missing'],
    ['userId', { ...plain, userId: 7 }, 'userId must be a string'],
    ['repoURL', { ...plain, repoURL: null }, 'repoURL must be a string'],
    ['commitHash', { ...plain, commitHash: '' }, 'commitHash must not be empty'],
    ['a list of commits', { ...plain, commitHash: 'HEAD~1,HEAD' }, 'commitHash must name one commit'],
    ['a range of commits', { ...plain, commitHash: 'HEAD~1..HEAD' }, 'commitHash must name one commit'],
    ['projectType', { ...plain, projectType: ['fastapi'] }, 'projectType must be a string'],
    ['testCommand', { ...plain, testCommand: 5 }, 'testCommand must be a string or null'],
    ['a NUL byte', { ...plain, testCommand: 'pytest\0' }, 'testCommand must not contain a NUL byte'],
  ])('is refused for %s, which it names', (_, message, why) => {
    expect(read(message)).toEqual({
      kind: 'refused',
      dialect: 1,
      code: 'invalid_message_format',
      message: `Invalid message format: ${why}`,
    })
  })

  it.each(['', '{', 'null', '5', '"text"', '[]', '[{}]'])('is no message where the frame is %s', (frame) => {
    expect(readMessage(frame)).toMatchObject({ kind: 'refused', dialect: 1, message: 'Invalid message format' })
  })
})

describe('a message of dialect 2', () => {
  it('is a test of a project', () => {
    expect(read({ ...streamed, startCommand: 'uvicorn app:app' })).toMatchObject({
      kind: 'streamed_test',
      project: 'shelf',
      startCommand: 'uvicorn app:app',
      request: { commitHash: 'HEAD~1', projectType: 'fastapi', testCommand: null },
    })
  })

  it('is the set-up of a namespace', () => {
    expect(read({ type: 'namespace_setup', projectId: 'shelf', projectType: 'FastAPI' })).toEqual({
      kind: 'namespace_setup',
      project: 'shelf',
      projectType: 'fastapi',
    })
  })

  it.each([
    [{ type: 'namespace_setup', projectType: 'fastapi' }, 'invalid_message_format', 'projectId is missing'],
    [{ ...streamed, repoURL: 1 }, 'invalid_message_format', 'repoURL must be a string'],
    [{ type: null }, 'invalid_message_format', 'type must be a string'],
    [{ type: 'deploy_request', projectId: 'shelf' }, 'unknown_message_type', '"deploy_request"'],
    [{ type: '' }, 'unknown_message_type', '""'],
  ])('%j is refused with its code', (message, code, why) => {
    expect(read(message)).toMatchObject({ kind: 'refused', dialect: 2, code, message: expect.stringContaining(why) })
  })
})

it('reads whatever a client may send', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.json().map((text) => `{"type":${text}}`),
      ),
      (frame) => {
        expect(['refused', 'test', 'streamed_test', 'namespace_setup']).toContain(readMessage(frame).kind)
      },
    ),
  )
  const anything = fc.record({ ...Object.fromEntries(Object.keys(streamed).map((name) => [name, fc.anything()])) })
  fc.assert(
    fc.property(anything, (message) => {
      expect(readMessage(JSON.stringify(message)).kind).toBeDefined()
    }),
  )
})
