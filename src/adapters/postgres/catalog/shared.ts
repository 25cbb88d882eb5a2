/** What lies in the cluster's own catalogs: roles, and this database's settings. A copy of a database has none of it. */
import { type Fragment, flag, quoted, sorted, type Target } from './fragment.ts'

const inherited = (version: number): string =>
  version >= 160000
    ? `jsonb_build_object('role', m.roleid::regrole::text, 'admin', m.admin_option, 'inherit', m.inherit_option, 'set', m.set_option)`
    : `jsonb_build_object('role', m.roleid::regrole::text, 'admin', m.admin_option)`

const roles = ({ version }: Target): Fragment => ({
  kind: 'role',
  catalog: 'pg_authid',
  oid: 'r.oid',
  identity: quoted('r.rolname'),
  value: {
    superuser: flag('r.rolsuper'),
    createRole: flag('r.rolcreaterole'),
    createDatabase: flag('r.rolcreatedb'),
    login: flag('r.rolcanlogin'),
    replication: flag('r.rolreplication'),
    bypassRowSecurity: flag('r.rolbypassrls'),
    noInherit: flag('NOT r.rolinherit'),
    connectionLimit: 'NULLIF(r.rolconnlimit, -1)',
    validUntil: 'r.rolvaliduntil::text',
    settings: sorted(`(SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = 0)`),
    settingsHere: sorted(
      `(SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = r.oid AND s.setdatabase = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))`,
    ),
    memberOf: `(SELECT jsonb_agg(${inherited(version)} ORDER BY m.roleid::regrole::text, m.grantor::regrole::text) FROM pg_auth_members m WHERE m.member = r.oid)`,
  },
  from: `pg_roles r WHERE r.rolname !~ '^pg_'`,
})

const database: Fragment = {
  kind: 'database',
  catalog: 'pg_database',
  oid: 'd.oid',
  identity: `'"current"'`,
  value: {
    settings: sorted('(SELECT s.setconfig FROM pg_db_role_setting s WHERE s.setrole = 0 AND s.setdatabase = d.oid)'),
  },
  owner: 'd.datdba',
  privileges: { type: 'd', acl: 'd.datacl' },
  from: 'pg_database d WHERE d.datname = current_database()',
}

export const sharedObjects = (target: Target): readonly Fragment[] => [roles(target), database]
