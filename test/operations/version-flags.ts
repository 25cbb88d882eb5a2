/** The flags of `version` as they are without any. */
import type { Asked } from '../../src/operations/version/answer.ts'

export const versionFlags: Asked = {
  changelog: false,
  baseline: undefined,
  tags: false,
  statements: false,
  sync: false,
  trigger: undefined,
  applied: false,
  yes: false,
}
