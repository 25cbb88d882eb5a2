import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { embeddedEngine, openEngine } from '../../src/adapters/engines/index.ts'
import { binariesOfMajor } from '../../src/adapters/engines/majors.ts'
import { contract } from '../adapters/engines/contract.ts'
import { type Given, givenServer, leftOn } from '../adapters/engines/given.ts'

const profile = 'replay' as const

describe.each([14, 15, 16, 17] as const)('binaries of %i', (major) => {
  it('are found, and answer for production', async () => {
    if (!binariesOfMajor(major)) throw new Error('Run node scripts/postgres-majors.mjs first.')
    await using engine = await openEngine({ profile, extensions: [], major })
    expect([engine.name, Math.floor(engine.version / 10000)]).toEqual(['embedded', major])
    expect(engine.caveats.join()).not.toContain('was asked for')
  })

  contract(`embedded ${major}`, {
    open: ({ extensions, signal }) => openEngine({ profile, extensions, major }, 'embedded', signal),
    stubbed: ['vector'],
    missing: ['postgis'],
  })

  describe('as a given server', () => {
    let given: Given
    beforeAll(async () => {
      given = await givenServer(() => openEngine({ profile, extensions: [], major }, 'embedded'))
    })
    afterAll(async () => given?.[Symbol.asyncDispose]())

    contract(`server ${major}`, {
      open: ({ extensions, signal }) => openEngine({ profile, extensions }, { url: given.url() }, signal),
      stubbed: [],
      missing: ['postgis'],
      withoutVector: true,
      remains: () => leftOn(given),
    })
  })
})

describe.runIf(existsSync('/usr/lib/postgresql/15/bin/initdb'))('the system’s own PostgreSQL 15', () => {
  // Nothing is installed in this directory.
  const system = binariesOfMajor(15, '/')
  const hasVector = existsSync('/usr/share/postgresql/15/extension/vector.control')
  const lacks = (['vector', 'postgis'] as const).filter((name) => !existsSync(`/usr/share/postgresql/15/extension/${name}.control`))

  it.runIf(!hasVector)('gives way where it lacks what ours imitates', async () => {
    const engine = await openEngine({ profile, extensions: ['vector'], major: 15 })
    await engine[Symbol.asyncDispose]()
    // Binaries of npm, where they are installed, come before the system's.
    expect([engine.stubbed, engine.missing]).toEqual([['vector'], []])
  })

  it('is found where it is', () => expect(system).toMatchObject({ kind: 'system', folder: '/usr/lib/postgresql/15' }))

  contract('system 15', {
    open: ({ extensions, signal }) => embeddedEngine({ profile, extensions, ...(system && { binaries: system }), ...(signal && { signal }) }),
    stubbed: [],
    missing: lacks,
    ...(!hasVector && { withoutVector: true as const }),
  })
})
