/**
 * A hundred migrations of the corpus, drawn by chance with a fixed seed, with the class of each statement and an argument for it, written by hand in test/corpus/version-arguments.json:
 * `npm run version:samples`. Writes docs/version-samples.md; test/corpus/version.test.ts checks it.
 */
import { writeFileSync } from 'node:fs'
import { corpusClasses } from '../test/support/versions.ts'
import { samplesPage } from '../test/support/versions-page.ts'

writeFileSync('docs/version-samples.md', samplesPage(await corpusClasses(process.env.PGSTRATA_CORPUS ?? '../shared/corpus')))
