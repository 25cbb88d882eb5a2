/** Cancels what runs on a connection, by the protocol's own request (manual 54.2.8): a pooler hands it to the server that works for us, where a process id may meanwhile work for somebody else. */
import type { EventEmitter } from 'node:events'
import type { ClientConfig } from 'pg'
import { driver } from './driver.ts'
import type { Opened } from './open.ts'

/** What `pg` has and its types leave out. */
type Wire = EventEmitter & {
  connect(portOrPath: number | string, host?: string): void
  requestSsl(): void
  cancel(backend: number, key: number): void
  end(): void
}
type Keys = { readonly processID: number; readonly secretKey: number; readonly host: string; readonly port: number }

const wire = (ssl: ClientConfig['ssl']): Wire => new (driver().Connection)(ssl ? { ssl } : {}) as unknown as Wire

/** Backend and key as the server, or the pooler, gave them when the connection was made. */
export const keysOf = (client: Opened['client']): Keys => client as unknown as Keys

/** Sends the request; the server answers nothing but the end of the connection. Throws what the driver throws. */
export const cancelOn = ({ client, config }: Opened): Promise<void> =>
  new Promise((resolve, reject) => {
    const { processID, secretKey, host, port } = keysOf(client)
    const connection = wire(config.ssl)
    const send = () => connection.cancel(processID, secretKey)
    connection.once('connect', () => (config.ssl ? connection.requestSsl() : send()))
    connection.once('sslconnect', send)
    connection.once('end', resolve)
    connection.once('error', reject)
    if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`)
    else connection.connect(port, host)
  })
