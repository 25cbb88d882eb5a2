/** What the embedded binaries lack, from Debian's packages: a server with TLS, a standby of it, a pooler before it. */
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runScript, serverUser } from '../../src/adapters/engines/server-user.ts'

const binaries = (): string => {
  const majors = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : []
  const found = majors.map((major) => `/usr/lib/postgresql/${major}/bin`).find((path) => existsSync(join(path, 'pg_basebackup')))
  if (!found) throw new Error('Run apt-get install -y postgresql first.')
  return found
}

const pooler = '/usr/sbin/pgbouncer'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })

const run = async (script: string, ...args: readonly string[]): Promise<void> => {
  const { code, output } = await runScript(await serverUser(), `set -e; ${script}`, args)
  if (code !== 0) throw new Error(output)
}

const start = (bin: string, data: string, port: number, socket: string): Promise<void> =>
  run('"$1/pg_ctl" -D "$2" -l "$2.log" -w -o "-p $3 -k $4" start > /dev/null 2>&1 || { cat "$2.log"; exit 1; }', bin, data, String(port), socket)

export type Primary = Awaited<ReturnType<typeof startPrimary>>

/** A server that wants TLS over TCP and takes everybody on its socket. */
export const startPrimary = async () => {
  const bin = binaries()
  const directory = mkdtempSync(join(tmpdir(), 'pgstrata-debian-'))
  chmodSync(directory, 0o777)
  const [port, data] = [await freePort(), join(directory, 'primary')]
  await run('"$1/initdb" -D "$2" -U postgres -A trust --no-sync > /dev/null', bin, data)
  await run(
    `cd "$1"; openssl req -new -x509 -days 2 -nodes -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout server.key -out server.crt 2> /dev/null; chmod 600 server.key
    printf "ssl = on\\nlisten_addresses = '127.0.0.1'\\nfsync = off\\nmax_standby_streaming_delay = 0\\nmax_standby_archive_delay = 0\\n" >> postgresql.conf
    printf 'local all all trust\\nlocal replication all trust\\nhostssl all all 127.0.0.1/32 scram-sha-256\\n' > pg_hba.conf; cp server.crt ../root.crt; chmod 644 ../root.crt`,
    data,
  )
  await start(bin, data, port, directory)
  const stops: (() => Promise<void>)[] = [() => run('"$1/pg_ctl" -D "$2" -m immediate stop > /dev/null', bin, data)]
  return {
    directory,
    port,
    rootCertificate: join(directory, 'root.crt'),
    /** A hot standby; its port, on the same socket directory. */
    async standby(): Promise<number> {
      const [own, copy] = [await freePort(), join(directory, 'standby')]
      await run('"$1/pg_basebackup" -h "$2" -p "$3" -U postgres -D "$4" -R -c fast', bin, directory, String(port), copy)
      await start(bin, copy, own, directory)
      stops.unshift(() => run('"$1/pg_ctl" -D "$2" -m immediate stop > /dev/null', bin, copy))
      return own
    },
    /** PgBouncer in transaction mode with one connection to the server; its port, on the same socket directory. */
    async pooler(name: string, more = ''): Promise<number> {
      if (!existsSync(pooler)) throw new Error('Run apt-get install -y pgbouncer first.')
      const [own, place] = [await freePort(), join(directory, name)]
      const text = `[databases]\n* = host=${directory} port=${port} user=postgres\n[pgbouncer]\nlisten_port = ${own}\nunix_socket_dir = ${directory}\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 1\nlogfile = ${place}.log\npidfile = ${place}.pid\n${more}\n`
      writeFileSync(`${place}.ini`, text)
      await run(
        '"$1" -q -d "$2.ini" > "$2.out" 2>&1 || { cat "$2.out"; exit 1; }; n=0; until [ -S "$3" ] || [ $n -gt 100 ]; do sleep 0.1; n=$((n + 1)); done',
        pooler,
        place,
        join(directory, `.s.PGSQL.${own}`),
      )
      stops.unshift(() => run('kill "$(cat "$1.pid")"', place))
      return own
    },
    async stop(): Promise<void> {
      for (const each of stops) await each().catch(() => undefined)
      rmSync(directory, { recursive: true, force: true })
    },
  }
}
