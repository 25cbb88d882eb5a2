import type { Engine } from '../../src/model/engine.ts'
import type { Session } from '../../src/model/session.ts'

/** What `look` sees in a session after statements that are rolled back. */
export const seenAfter = async <T>(engine: Engine, session: Session, sql: readonly string[], look: () => Promise<T>): Promise<T> => {
  await session.script('BEGIN; SET LOCAL check_function_bodies = off')
  try {
    for (const each of sql) if (each.trim() !== '') await session.script(engine.adapt(each))
    return await look()
  } finally {
    await session.script('ROLLBACK; RESET ALL; DISCARD TEMP')
  }
}
