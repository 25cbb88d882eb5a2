/** A database that is as good as new for each piece of work, for the price of a few drops instead of a copy of a template. */
import type { Engine } from '../../src/model/engine.ts'
import { quoteIdentifier } from '../../src/model/name.ts'
import type { Session } from '../../src/model/session.ts'
import type { Place } from './proof.ts'

/** Enough pieces of work in one database: dropped rows slow its catalog down. */
const perDatabase = 60

/** Schemas and what is in them; roles. */
const sweep = `
  DO $sweep$
  DECLARE each record;
  BEGIN
    FOR each IN SELECT oid::regnamespace AS name FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
      EXECUTE format('DROP SCHEMA %s CASCADE', each.name);
    END LOOP;
    FOR each IN SELECT rolname AS name FROM pg_catalog.pg_roles WHERE oid >= 16384 LOOP
      EXECUTE format('DROP OWNED BY %I CASCADE', each.name);
      EXECUTE format('DROP ROLE %I', each.name);
    END LOOP;
    CREATE SCHEMA public AUTHORIZATION pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
  END $sweep$`

/** What stands in no schema. */
const leftovers = [
  'event_trigger',
  'publication',
  'subscription',
  'foreign_data_wrapper',
  'foreign_server',
  'extension',
  'cast',
  'language',
  'am',
  'default_acl',
  'largeobject_metadata',
  'db_role_setting',
]
  .map((table) => (table === 'db_role_setting' ? 'SELECT 1 FROM pg_catalog.pg_db_role_setting' : `SELECT 1 FROM pg_catalog.pg_${table} WHERE oid >= 16384`))
  .join(' UNION ALL ')

/** No database with a subscription can be dropped. */
const withoutSubscriptions = async (session: Session): Promise<void> => {
  const found = await session.query('SELECT subname FROM pg_subscription WHERE subdbid = (SELECT oid FROM pg_database WHERE datname = current_database())')
  for (const { subname } of found) {
    const name = quoteIdentifier(String(subname))
    for (const sql of [`ALTER SUBSCRIPTION ${name} DISABLE`, `ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`, `DROP SUBSCRIPTION ${name}`])
      await session.script(sql)
  }
}

export class CleanDatabase {
  readonly #engine: Engine
  #place: Place | undefined
  #used = 0

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** Does the work in an empty database, alone. `roles` are there beforehand; all roles are gone afterwards. */
  async within<T>(roles: readonly string[], work: (place: Place) => Promise<T>): Promise<T> {
    const place = await this.#ready()
    try {
      for (const role of roles) await place.session.script(`CREATE ROLE ${quoteIdentifier(role)}`)
      return await work(place)
    } finally {
      await this.#clean(place)
    }
  }

  async dispose(): Promise<void> {
    const place = this.#place
    this.#place = undefined
    if (!place) return
    await withoutSubscriptions(place.session)
    await place.session[Symbol.asyncDispose]()
    await this.#engine.dropDatabase(place.database)
  }

  async #ready(): Promise<Place> {
    if (this.#place && this.#used++ < perDatabase) return this.#place
    await this.dispose()
    const database = await this.#engine.createDatabase()
    this.#place = { engine: this.#engine, database, session: await this.#engine.session(database) }
    this.#used = 1
    return this.#place
  }

  async #clean({ session }: Place): Promise<void> {
    await session.script('ROLLBACK')
    await session.script('DISCARD ALL')
    // Event triggers would see the sweep.
    await session.script('SET event_triggers = off')
    await session.script(sweep)
    await session.script('RESET ALL')
    if ((await session.query(leftovers)).length > 0) await this.dispose()
  }
}
