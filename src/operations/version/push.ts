/** What drizzle-kit 1.0's push would do to our own ledger. */
import type { Project } from '../../model/config.ts'
import type { Finding } from '../../model/finding.ts'
import type { Layout } from '../../model/history.ts'
import { ownSchema } from '../../model/name.ts'
import { reportedFinding } from '../../rules/report.ts'

/** Without `schemaFilter` push of 1.0 manages every schema, and drops what the TypeScript schema does not have (measured on 1.0.0-rc.5; push of 0.31 leaves them alone). */
export const pushFindings = ({ config, schemaFilter }: Project, layout: Layout): readonly Finding[] =>
  layout === 'journal' || schemaFilter !== undefined || config === undefined
    ? []
    : [
        reportedFinding(
          'push-drops-ledger',
          `The Drizzle config names no schemaFilter: drizzle-kit push would drop the schema ${ownSchema}, where migrate notes versions, times and users.`,
          { file: config },
          ownSchema,
        ),
      ]
