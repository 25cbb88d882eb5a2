/** A way to a PostgreSQL that breaks at the message that is asked for, as it does for a server whose client is killed: no farewell, no cancel, only the end of the connection. */
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, connect as dial, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const simpleQuery = 'Q'.charCodeAt(0)
const parse = 'P'.charCodeAt(0)

/** Ends of the queries in a stretch of the frontend's messages (manual 54.7); the start-up message has no type and is counted by the caller. */
const queriesIn = (bytes: Buffer): { readonly ends: readonly number[]; readonly rest: number } => {
  const ends: number[] = []
  let at = 0
  while (at + 5 <= bytes.length) {
    const end = at + 1 + bytes.readInt32BE(at + 1)
    if (end > bytes.length) break
    const type = bytes[at]
    if (type === simpleQuery || type === parse) ends.push(end)
    at = end
  }
  return { ends, rest: at }
}

/** Listens on a socket of its own. The query with that number of the first connection, from 1, reaches the server, and nobody hears the answer; without it all go through, and are counted. `cut`: what happens instead of the connection's end, in that moment. */
export const cuttingProxy = async (host: string, port: number, cutAfter?: number, cut?: () => void) => {
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-cut-'))
  const sockets = new Set<Socket>()
  let queries = 0
  let connections = 0
  const cutAll = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  const server = createServer((client) => {
    const first = connections++ === 0
    const upstream = dial(join(host, `.s.PGSQL.${port}`))
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => socket.destroy())
      socket.on('close', () => sockets.delete(socket))
    }
    upstream.on('data', (part) => client.write(part))
    upstream.on('close', () => client.destroy())
    client.on('close', () => upstream.destroy())
    let started = false
    let waiting = Buffer.alloc(0)
    client.on('data', (part: Buffer) => {
      if (!started || !first) {
        started = true
        upstream.write(part)
        return
      }
      waiting = Buffer.concat([waiting, part])
      const { ends, rest } = queriesIn(waiting)
      const last = cutAfter === undefined ? undefined : ends[cutAfter - queries - 1]
      if (last !== undefined) {
        queries += ends.length
        upstream.write(waiting.subarray(0, last), cut ?? cutAll)
        return
      }
      queries += ends.length
      upstream.write(waiting.subarray(0, rest))
      waiting = waiting.subarray(rest)
    })
  })
  server.listen(join(directory, '.s.PGSQL.5432'))
  await once(server, 'listening')
  return {
    directory,
    queries: (): number => queries,
    async [Symbol.asyncDispose](): Promise<void> {
      cutAll()
      server.close()
      await once(server, 'close')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
