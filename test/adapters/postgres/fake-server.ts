/** A server that lets everybody in and answers one row of text to every question: enough to be taken for another version, or for none of PostgreSQL's. */
import { createServer, type Server, type Socket } from 'node:net'

const message = (type: string, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.write(type)
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}

const int16 = (n: number): Buffer => Buffer.from([n >> 8, n & 255])
const int32 = (n: number): Buffer => Buffer.from([n >> 24, (n >> 16) & 255, (n >> 8) & 255, n & 255])
const text = (value: string): Buffer => Buffer.from(`${value}\0`)

const ready = message('Z', Buffer.from('I'))
const welcome = Buffer.concat([message('R', int32(0)), message('K', int32(1), int32(1)), ready])

const typeText = 25

const answer = (row: Readonly<Record<string, string>>): Buffer =>
  Buffer.concat([
    message(
      'T',
      int16(Object.keys(row).length),
      ...Object.keys(row).map((name) => Buffer.concat([text(name), int32(0), int16(0), int32(typeText), int16(-1), int32(-1), int16(0)])),
    ),
    message('D', int16(Object.keys(row).length), ...Object.values(row).map((value) => Buffer.concat([int32(Buffer.byteLength(value)), Buffer.from(value)]))),
    message('C', text('SELECT 1')),
    ready,
  ])

const refusal = (sqlstate: string, words: string, type = 'ERROR'): Buffer =>
  message('E', text(`S${type}`), text(`C${sqlstate}`), text(`M${words}`), Buffer.from([0]))

/** What the server is to say: a row, or undefined for what it does not understand. `refuses` looks at the start-up parameters. */
export type Script = {
  readonly answer: (sql: string) => Readonly<Record<string, string>> | undefined
  readonly refuses?: (startup: string) => readonly [sqlstate: string, words: string] | undefined
}

const serve = (socket: Socket, { answer: say, refuses }: Script): void => {
  socket.on('error', () => undefined)
  socket.once('data', (startup) => {
    const refused = refuses?.(startup.toString('utf8'))
    if (refused) {
      socket.end(refusal(...refused, 'FATAL'))
      return
    }
    socket.write(welcome)
    socket.on('data', (data) => {
      if (data.toString('utf8', 0, 1) !== 'Q') return socket.end()
      const row = say(data.toString('utf8', 5, data.length - 1))
      return socket.write(row ? answer(row) : Buffer.concat([refusal('42883', 'unknown function'), ready]))
    })
  })
}

export const fakeServer = async (script: Script): Promise<{ readonly port: number; readonly stop: () => void }> => {
  const server: Server = createServer((socket) => serve(socket, script)).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return { port: (server.address() as { port: number }).port, stop: () => server.close() }
}
