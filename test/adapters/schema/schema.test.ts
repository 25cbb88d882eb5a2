import { expect, it } from 'vitest'
import { createWorld } from '../../../src/cli/world.ts'

it('x', async () => {
  await using world = await createWorld({ cwd: 'examples/shop' })
  const t = Date.now()
  const s = await world.sql({ type: 'schema' })
  console.log(Date.now() - t, s.notes, s.unknown, s.scripts[0]?.sql.slice(0, 1500))
})
