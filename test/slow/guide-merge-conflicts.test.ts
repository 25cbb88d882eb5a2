/** The guide to merge conflicts: its commands run, one after the other, in repositories as it tells of; what it shows is what they print. */
import { spawnSync } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { collisionClasses } from '../../src/features/collision/classes.ts'
import { build } from '../cli/cli.ts'
import { runsAll, sectionsOf, trimmed } from '../support/guide.ts'
import { npxOnPath } from '../support/npx.ts'
import { collide, makeTeam, startTeam, type Team } from '../support/team.ts'

const guide = readFileSync(fileURLToPath(new URL('../../docs/guides/merge-conflicts.md', import.meta.url)), 'utf8')

const sections = sectionsOf(guide)

/** `feature` with tags, checked out; main has posts. */
const makeBehind = async (): Promise<Team> => {
  const team = await startTeam()
  team.git('remote', 'add', 'origin', '.')
  await collide(team)
  team.git('fetch', '-q', 'origin')
  return team
}

let made: Team
/** A copy of it. */
const behind = (): Team => {
  const team = makeTeam()
  cpSync(made.path, team.path, { recursive: true })
  return team
}

/** A conflict of git, and a plan that has something to do, answer 1, and are what the guide is about; anything else that fails is a fault of the guide. */
const withConflicts = (script: string): string => script.replaceAll(/^(?:git merge origin\/main|npx pgstrata resolve)$/gm, '$& || test $? = 1')

const author = { GIT_AUTHOR_NAME: 't', GIT_AUTHOR_EMAIL: 't@example.org', GIT_COMMITTER_NAME: 't', GIT_COMMITTER_EMAIL: 't@example.org' }
const play = (team: Team, script: string) => {
  const { NO_COLOR: _, FORCE_COLOR: __, CI: ___, COLUMNS: ____, ...env } = process.env
  const { status, stdout } = spawnSync('sh', ['-e', '-c', `exec 2>&1\n${withConflicts(script)}`], {
    cwd: team.path,
    encoding: 'utf8',
    env: { ...env, ...author },
  })
  return { status, stdout }
}

let npx: ReturnType<typeof npxOnPath>
beforeAll(async () => {
  build()
  npx = npxOnPath()
  made = await makeBehind()
})
afterAll(() => {
  npx.remove()
  made.remove()
})

describe('the guide to merge conflicts', () => {
  it('has commands to run, and none that are not', () => {
    expect(sections.map(({ title }) => title)).toEqual(['With the tool', 'By hand', 'Databases that have run mine', 'Undo', 'The merge driver', 'The lock'])
    expect(runsAll(guide)).toBe(true)
  })

  it.each(sections)('$title', ({ title, scene, script, prints }) => {
    const team = behind()
    try {
      if (scene.startsWith('conflict')) expect(team.try('merge', 'origin/main')).toBe(false)
      const { status, stdout } = play(team, script)
      expect({ status, stdout }).toMatchObject({ status: 0 })
      for (const shown of prints) expect(trimmed(stdout)).toContain(shown)
      if (title === 'With the tool' || title === 'By hand') {
        expect(team.journal().entries.map(({ idx, tag }) => `${idx} ${tag}`)).toEqual(['0 0000_users', '1 0001_posts', '2 0002_tags'])
        expect(team.git('status', '--short')).toBe('')
      }
    } finally {
      team.remove()
    }
  })

  it('lists every class of collision in the words of the code', () => {
    for (const { number, name, meaning } of collisionClasses) expect(guide).toContain(`| ${number} | \`${name}\` | ${meaning} | `)
  })

  it('shows the recipe for a merge queue as it stands in ci/', () => {
    const recipe = readFileSync(fileURLToPath(new URL('../../ci/github/merge-queue.yml', import.meta.url)), 'utf8')
    expect(guide).toContain(`\`\`\`yaml\n${recipe}\`\`\``)
    expect(Object.keys(parse(recipe).on)).toEqual(['pull_request', 'merge_group'])
  })

  it('is right about merge=union: no conflict, and no line either', () => {
    const team = behind()
    try {
      team.write({ '.git/info/attributes': 'drizzle/meta/* merge=union\n' })
      expect(team.try('merge', 'origin/main')).toBe(true)
      expect(play(team, 'npx pgstrata check --only folder').status).not.toBe(0)
    } finally {
      team.remove()
    }
  })
})
