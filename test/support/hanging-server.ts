/** A server that takes every connection and never says a word. */
import { createServer, type Socket } from 'node:net'

/** Its port on 127.0.0.1, and how to end it. */
export const startHangingServer = async (): Promise<{ readonly port: number; stop(): Promise<void> }> => {
  const open = new Set<Socket>()
  const server = createServer((socket) => void open.add(socket.on('error', () => undefined)))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    port: (server.address() as { readonly port: number }).port,
    async stop() {
      for (const socket of open) socket.destroy()
      await new Promise((done) => server.close(done))
    },
  }
}
