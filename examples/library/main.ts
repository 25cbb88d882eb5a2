/** pgstrata as a library: what the last migration of a folder does, and the way back. Run: node scripts/run.mjs examples/library/main.ts [FOLDER] */
import { createWorld, describe, diff, invert, loadSql, read, readScript, replay, toSql } from 'pgstrata'

const folder = process.argv[2] ?? 'examples/shop/drizzle'
await loadSql()
await using world = await createWorld({ folder })

const { migrations } = await world.history({ type: 'folder' })
const scripts = migrations.map(({ sql }) => readScript(sql ?? ''))
const { catalogs, catalog, steps } = replay(scripts)
const before = catalogs.at(-2)
if (!before) throw new Error(`${folder} has fewer than two migrations`)

console.log(`${migrations.length} migrations, ${steps.length} statements, ${catalog.tables.size} tables`)

console.log(`\n${migrations.at(-1)?.tag} does:`)
for (const change of diff(before, catalog)) console.log(`  ${describe(change)}`)

console.log('\nThe way back:')
for (const step of steps.filter(({ migration }) => migration === migrations.length - 1).toReversed()) {
  for (const change of step.changes.toReversed()) {
    const inverse = invert(change, step.before)
    if ('irreversible' in inverse) console.log(`  -- ${describe(change)}: ${inverse.irreversible}`)
    else for (const sql of toSql(inverse, step.after)) console.log(`  ${sql};`)
  }
}

const [statement] = readScript('ALTER TABLE customers ADD COLUMN nickname text').statements
if (statement) console.log(`\nA new column would be: ${read(statement, catalog).map(describe).join(', ')}`)
