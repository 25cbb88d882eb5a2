/** Roles as statements name them. */
import type { Tree } from '../model/json.ts'
import { child, list, text } from '../sql/tree.ts'
import { migratingRole } from './privileges.ts'

/** The first role of a cluster. Migrations run as it on hosted PostgreSQL and in our engines alike, so it is taken for the migrating role. */
export const firstRole = 'postgres'

/** A RoleSpec: its name, PUBLIC, or the migrating role (CURRENT_USER, CURRENT_ROLE, SESSION_USER and `postgres` alike). */
export const roleName = (spec: Tree | undefined): string => {
  switch (text(spec, 'roletype')) {
    case 'ROLESPEC_PUBLIC':
      return 'PUBLIC'
    case 'ROLESPEC_CURRENT_USER':
    case 'ROLESPEC_CURRENT_ROLE':
    case 'ROLESPEC_SESSION_USER':
      return migratingRole
    default:
      return text(spec, 'rolename') === firstRole ? migratingRole : (text(spec, 'rolename') ?? '')
  }
}

/** A list of RoleSpec nodes. */
export const roleNames = (nodes: readonly Tree[]): readonly string[] => nodes.map((node) => roleName(child(node, 'RoleSpec')))

/** The roles in an option such as IN ROLE. */
export const rolesIn = (option: Tree | undefined): readonly string[] => roleNames(list(child(child(option, 'arg'), 'List'), 'items'))
