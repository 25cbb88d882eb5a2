import type { EngineProfile } from '../../model/engine.ts'

type Settings = { readonly [name: string]: string | number }

/** For every server that we start: alone on a Unix socket, quiet, in UTC, with nothing in the background. */
const always: Settings = {
  listen_addresses: '',
  port: 5432,
  unix_socket_permissions: '0700',
  max_connections: 40,
  timezone: 'UTC',
  log_timezone: 'UTC',
  logging_collector: 'off',
  log_min_messages: 'fatal',
  log_min_error_statement: 'panic',
  jit: 'off',
  autovacuum: 'off',
  max_logical_replication_workers: 0,
  checkpoint_timeout: '1h',
  wal_keep_size: 0,
  // Inside the data directory: a server that was killed leaves nothing in /dev/shm.
  dynamic_shared_memory_type: 'mmap',
}

const replay: Settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  max_parallel_workers_per_gather: 0,
  max_parallel_maintenance_workers: 0,
  // The directory may lie in memory.
  max_wal_size: '256MB',
}

// What is measured must be written as production writes it.
const measure: Settings = { fsync: 'on', synchronous_commit: 'on', full_page_writes: 'on', wal_level: 'replica', max_wal_size: '4GB' }

const ofMajor = (major: number): Settings => (major >= 18 ? { io_method: 'sync', file_copy_method: 'clone' } : {})

/** Server settings as command line arguments. */
export const settingsFor = (profile: EngineProfile, major: number): readonly string[] =>
  Object.entries({ ...always, ...(profile === 'replay' ? replay : measure), ...ofMajor(major) }).flatMap(([name, value]) => ['-c', `${name}=${value}`])

/** initdb's flags: a small, portable cluster. 17 has the built-in locale provider, 18 checksums that can be left out. */
export const initdbFlags = (major: number): readonly string[] => [
  '--username=postgres',
  '--auth=trust',
  '--encoding=UTF8',
  '--locale=C',
  ...(major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []),
  ...(major >= 18 ? ['--no-data-checksums'] : []),
  '--wal-segsize=1',
  '--no-sync',
  '--no-instructions',
]
