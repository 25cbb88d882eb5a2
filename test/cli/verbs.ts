import type { Manifest } from '../../src/cli/manifest.ts'

/** Verbs for tests of the grammar. */
export const verbs: Manifest = [
  {
    name: 'check',
    summary: 'Is this history sound?',
    description: 'Reads, replays and compares.',
    arguments: [],
    flags: {
      only: { type: 'strings', description: 'Parts to run.', value: 'PART' },
      rowLimit: { type: 'number', description: 'How many rows.', value: 'N', default: 10 },
      colors: { type: 'boolean', description: 'Draw in colours.', default: true },
    },
    examples: [{ command: 'pgstrata check', shows: 'the verdict' }],
  },
  {
    name: 'rollback',
    summary: 'The way back.',
    description: 'The way back.',
    arguments: [{ name: 'tag', description: 'A tag.', required: true }],
    flags: { all: { type: 'boolean', description: 'All of them.' } },
    examples: [],
  },
  {
    name: 'lint',
    summary: 'Judges files.',
    description: 'Judges files.',
    arguments: [{ name: 'file', description: 'Files.', required: false, variadic: true }],
    flags: {},
    examples: [],
  },
]
