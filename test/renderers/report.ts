import type { Finding } from '../../src/model/finding.ts'
import type { Report } from '../../src/model/report.ts'
import type { RenderOptions } from '../../src/renderers/define.ts'

export const options: RenderOptions = { version: '9.9.9', failOn: 'error', color: false, width: 80, unicode: true, verbose: false }

export const finding = (over: Partial<Finding> = {}): Finding => ({
  rule: 'journal-order',
  severity: 'error',
  message: 'Migration 0013_shipments is older than 0012_refunds, so Drizzle skips it on every database that has 0012_refunds.',
  help: 'Give it a later `when` than 0012_refunds.',
  file: 'drizzle/meta/_journal.json',
  line: 97,
  column: 5,
  migration: '0013_shipments',
  fingerprint: 'f1',
  ...over,
})

/** A report with everything that a renderer can meet: all blocks, wide characters, long names, findings of every state. */
export const report: Report = {
  operation: 'check',
  analysed: { migrations: 15, statements: 1234, opaque: 1 },
  findings: [
    finding({
      severity: 'note',
      rule: 'several-statements',
      message: 'Three statements in one chunk.',
      file: 'drizzle/0007_x.sql',
      line: 3,
      fingerprint: 'f2',
    }),
    finding(),
    finding({ severity: 'warning', rule: 'same-second', message: 'Zwei Migrationen in derselben Sekunde: 表を作成する', fingerprint: 'f3' }),
    finding({ rule: 'missing-file', message: 'Gone.', fingerprint: 'f4', waived: { reason: 'known', until: '2027-01-31' } }),
    finding({ rule: 'missing-file', message: 'Gone, long ago.', fingerprint: 'f5', old: true }),
  ],
  data: { folder: { verdict: 'findings' } },
  blocks: [
    { type: 'heading', level: 1, text: 'Replay' },
    { type: 'heading', level: 2, text: ['In memory ', { text: 'agrees', tone: 'good' }] },
    { type: 'text', text: 'A sentence that is long enough to be wrapped on a terminal of eighty columns, and twice on one of forty.' },
    {
      type: 'table',
      columns: [{ title: 'table' }, { title: 'rows', align: 'right' }, { title: 'what was done to it' }],
      rows: [
        ['workspace_notification_sync_log', '1200', 'A new column was added, with a default that is not volatile.'],
        [[{ text: '表', tone: 'strong' }], '7', 'Nothing'],
      ],
    },
    { type: 'code', language: 'sql', text: 'CREATE TABLE x (\n  id uuid PRIMARY KEY\n);', caption: '0001_x.sql' },
    { type: 'diff', from: 'a integer\nb text\n', to: 'a bigint\nb text\n', caption: 'column x.a' },
    {
      type: 'tree',
      root: {
        text: 'table orders',
        children: [
          { text: 'index orders_idx', children: [] },
          { text: 'view order_summary', children: [{ text: 'rule r', children: [] }] },
        ],
      },
    },
    {
      type: 'definition',
      items: [
        { term: 'engine', text: 'PostgreSQL 18.4, embedded' },
        { term: 'a term that is longer than a third', text: 'and its meaning' },
      ],
    },
  ],
  unknown: [{ what: 'environment production', why: 'the server did not answer', help: 'Check that it runs.' }],
}

export const empty: Report = { operation: 'doctor', analysed: {}, findings: [], data: {}, blocks: [], unknown: [] }
