import { proveMerges } from '../support/resolve-merges.ts'

proveMerges(1)
