/** What managed platforms put into a database beside the customer's design: recognised, so that it is no drift. */
import { partsOf } from '../../model/name.ts'
import type { PrintedCatalog, PrintedObject } from '../../model/printed.ts'

type Named = Pick<PrintedObject, 'kind' | 'identity'>

/** Facts: Supabase's, Neon's and Amazon's manuals on what their databases hold, November 2026. */
type Owned = {
  /** Schemas that are the platform's, with all that stands in them but policies and triggers that call a function of another schema. */
  readonly schemas: readonly string[]
  readonly extensions: readonly string[]
  readonly roles: readonly RegExp[]
  readonly eventTriggers: readonly string[]
  readonly publications: readonly string[]
  /** Any of these tells that a database is the platform's: owners, or extensions that nobody else has. */
  readonly signs: { readonly owners: readonly string[]; readonly extensions: readonly string[] }
}

export const presets = ['rds', 'supabase', 'neon'] as const
export type PlatformPreset = (typeof presets)[number]

const owned: { readonly [P in PlatformPreset]: Owned } = {
  supabase: {
    schemas: [
      'auth',
      'storage',
      'realtime',
      '_realtime',
      'extensions',
      'graphql',
      'graphql_public',
      'vault',
      'pgsodium',
      'pgsodium_masks',
      'pgbouncer',
      'net',
      'cron',
      'supabase_functions',
      'supabase_migrations',
      '_analytics',
      '_supavisor',
    ],
    extensions: ['pg_graphql', 'pg_stat_statements', 'pgcrypto', 'pgjwt', 'pgsodium', 'supabase_vault', 'uuid-ossp', 'pg_net'],
    roles: [/^supabase_/, /^(anon|authenticated|authenticator|service_role|dashboard_user|pgbouncer|pgsodium_)/],
    eventTriggers: [
      'issue_graphql_placeholder',
      'issue_pg_cron_access',
      'issue_pg_graphql_access',
      'issue_pg_net_access',
      'pgrst_ddl_watch',
      'pgrst_drop_watch',
    ],
    publications: ['supabase_realtime_messages_publication'],
    signs: { owners: ['supabase_admin', 'supabase_auth_admin', 'supabase_storage_admin'], extensions: ['supabase_vault'] },
  },
  neon: {
    schemas: ['neon', 'neon_auth', 'neon_migration'],
    extensions: ['neon', 'neon_utils', 'pg_session_jwt'],
    roles: [/^(cloud_admin|neon_superuser|neon_service|anonymous|authenticated|authenticator)$/],
    eventTriggers: [],
    publications: [],
    signs: { owners: ['cloud_admin'], extensions: ['neon', 'pg_session_jwt'] },
  },
  rds: {
    schemas: ['rds_tools', 'rdsadmin', 'aws_commons', 'aws_s3', 'aws_lambda', 'apg_plan_mgmt'],
    extensions: ['rds_tools', 'aws_commons', 'aws_s3', 'aws_lambda', 'apg_plan_mgmt', 'pg_stat_statements'],
    roles: [/^(rds|rdsadmin|rds_.*|aws_.*)$/],
    eventTriggers: ['awsdms_intercept_ddl', 'rds_update_pg_hint_plan'],
    publications: [],
    signs: { owners: ['rdsadmin'], extensions: ['rds_tools', 'aws_commons', 'apg_plan_mgmt'] },
  },
}

/** The platform that a database shows itself to be of; undefined where nothing tells. */
export const platformOf = ({ objects }: PrintedCatalog): PlatformPreset | undefined =>
  presets.find((preset) => {
    const { owners, extensions } = owned[preset].signs
    return objects.some(
      ({ kind, identity, value }) =>
        (kind === 'owner' && owners.includes(String(value.owner))) || (kind === 'extension' && extensions.includes(partsOf(identity)[0] ?? '')),
    )
  })

/** Kinds that customers add to the platform's own tables. */
const added = new Set(['policy', 'trigger'])

/** Whether an object is the platform's own, told by its name (and, of a trigger, by whose function it calls). */
export const isOwnedBy = (preset: PlatformPreset): ((object: Named) => boolean) => {
  const { schemas, extensions, roles, eventTriggers, publications } = owned[preset]
  const isRole = (name: string): boolean => roles.some((pattern) => pattern.test(name))
  return ({ kind, identity }) => {
    const [first = '', second] = partsOf(identity)
    if (kind === 'extension' || kind === 'extension version') return extensions.includes(first)
    if (kind === 'role') return isRole(first)
    if (kind === 'event trigger') return eventTriggers.includes(first)
    if (kind === 'publication') return publications.includes(first)
    if (kind === 'default privileges') return isRole(first) || schemas.includes(second ?? '')
    const isFact = /^[a-z -]+ "/.test(identity)
    if (isFact && /^(extension|event trigger|publication|role) /.test(identity)) return true
    return schemas.includes(first) && !added.has(kind)
  }
}
