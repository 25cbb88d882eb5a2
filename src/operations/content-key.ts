/** Migrations by their content: what is kept of them is found by it. */
import type { Migration } from '../model/history.ts'
import type { World } from '../model/world.ts'

/** Undefined where a file is missing. */
export const contentKey = ({ hash }: Pick<World, 'hash'>, migrations: readonly Migration[]): string | undefined =>
  migrations.every((migration) => migration.hash !== undefined) ? hash(migrations.map((migration) => migration.hash).join('\n')) : undefined
