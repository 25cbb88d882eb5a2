import { proveMerges } from '../support/resolve-merges.ts'

// All of them: test/long/resolve-merges.test.ts.
proveMerges(3)
