import websocket from '@fastify/websocket'
import fastify from 'fastify'
import type { WebSocket } from 'ws'

/**
 * What a user would write in half an hour: a Fastify server that sends each event to each subscriber as it comes, with
 * no store, no cursor and no bound on what slow readers make it keep. `GET /publish?events=N` sends N of them.
 */
const app = fastify()
await app.register(websocket)
const sockets = new Set<WebSocket>()
const responses = new Set<import('node:http').ServerResponse>()

app.get('/websocket', { websocket: true }, (socket) => {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
})
app.get('/sse', (_request, reply) => {
  reply.hijack()
  reply.raw.writeHead(200, { 'Content-Type': 'text/event-stream' })
  reply.raw.write(':\n\n')
  responses.add(reply.raw)
  reply.raw.on('close', () => responses.delete(reply.raw))
})
app.get<{ Querystring: { events: string; size: string } }>('/publish', async ({ query }) => {
  const padding = 'x'.repeat(Number(query.size))
  for (let seq = 1; seq <= Number(query.events); seq++) {
    const event = JSON.stringify({ seq, padding })
    for (const socket of sockets) socket.send(event)
    for (const response of responses) response.write(`id: ${seq}\ndata: ${event}\n\n`)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return {}
})
await app.listen({ host: '127.0.0.1', port: 0 })
const address = app.server.address()
const port = typeof address === 'object' ? address?.port : 0
process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}` })}\n`)
