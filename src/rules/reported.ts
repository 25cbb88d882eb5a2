/** The words of findings that operations make by running things, not by a rule's own check. They have pages like all rules. */
import type { RuleWords } from './define.ts'

/** The compiler holds each key to be its rule's id. */
const byId = <K extends string>(rules: { readonly [P in K]: RuleWords<P> }): typeof rules => rules

/** Each id's words. */
export const reportedRules = byId({
  unparsed: {
    id: 'unparsed',
    severity: 'error',
    summary: 'PostgreSQL’s own parser refuses the SQL of a migration.',
    why: 'The migration fails wherever it runs, and nothing behind it in the same chunk can be judged.',
    instead: 'Mend the statement at the place named. Text for another program (psql’s backslash commands) cannot stand in a migration.',
  },
  refused: {
    id: 'refused',
    severity: 'error',
    summary: 'At this point of the history PostgreSQL refuses the statement.',
    why: 'A new database cannot be built from the folder: every migration behind this one is out of reach.',
    instead: 'Make the statement fit what the migrations before it made (the message says what is missing or there already).',
  },
  'opaque-statement': {
    id: 'opaque-statement',
    severity: 'note',
    summary: 'The in-memory catalog cannot follow the statement.',
    why: 'What it may change is known to PostgreSQL only: the real engine answers for it, and rules see it as unknown, never as safe.',
    instead: 'Nothing needs to be done. Where it can be written without dynamic SQL, more can be said about it.',
  },
  'engine-refuses': {
    id: 'engine-refuses',
    severity: 'error',
    summary: 'The history does not run in a real PostgreSQL.',
    why: 'A new database (a developer’s, a test’s, a new region’s) cannot be built from the folder.',
    instead:
      'Run the migrations on an empty database and mend the statement that the server refuses; what the database must have beforehand belongs into a first migration.',
  },
  'engine-disagrees': {
    id: 'engine-disagrees',
    severity: 'error',
    summary: 'The in-memory catalog differs from PostgreSQL’s. This is a fault of pgstrata.',
    why: 'What is said about these objects cannot be relied on.',
    instead: 'Please report it with the statement that made the object. PostgreSQL’s view is the right one.',
  },
  'extension-missing': {
    id: 'extension-missing',
    severity: 'warning',
    summary: 'The history needs an extension that the engine has not.',
    why: 'The migrations cannot be run here, so the agreement with PostgreSQL is unknown.',
    instead: 'Give a server that has the extension: --engine postgres://….',
  },
  'extension-assumed': {
    id: 'extension-assumed',
    severity: 'note',
    summary: 'The migrations use an extension that none of them makes.',
    why: 'They run only where somebody has made the extension beforehand; a new database is refused.',
    instead: 'Add CREATE EXTENSION IF NOT EXISTS to the first migration that needs it, or to the provisioning of databases.',
  },
  'platform-assumed': {
    id: 'platform-assumed',
    severity: 'note',
    summary: 'The migrations use an object that a managed platform (Supabase, Neon) has made, and none of them makes it.',
    why: 'They run only on databases of that platform. Here a stand-in takes its place, in memory and in PostgreSQL alike: its names and types are the platform’s, its behaviour and its privileges are not.',
    instead: 'Nothing needs to be done on the platform. Where tests run on another PostgreSQL, make the object there before the first migration.',
  },
  'pulled-baseline': {
    id: 'pulled-baseline',
    severity: 'note',
    summary: 'The first migration is a comment that holds a schema, as `drizzle-kit pull` writes it for a database that exists already.',
    why: 'What it holds is taken as there before the first migration, in memory and in PostgreSQL alike, and the migrations behind it are judged on top of that. On a new database Drizzle’s migrator makes none of it. Its breakpoints cut the comment apart, so the server gets an opening mark without a closing one and refuses the migration (42601); without breakpoints the comment does nothing, and the next migration finds no table. What `pull` does not read (functions, triggers, domains, privileges) is not there here either.',
    instead:
      'On a database that exists, mark the migration as applied before `drizzle-kit migrate` runs (`drizzle-kit pull --init` of 1.0 does; before that, a row in the ledger with its hash and its `when`). To build new databases from the folder, then take the comment marks away: where it is marked it does not run again.',
  },
  'snapshot-drift': {
    id: 'snapshot-drift',
    severity: 'error',
    summary: 'Drizzle’s snapshot says something else than the SQL makes.',
    why: 'The next drizzle-kit generate starts from the snapshot, so its SQL fails or changes what nobody asked for.',
    instead: 'Write what the SQL makes into the TypeScript schema and generate, or bring the SQL to what the snapshot says with a custom migration.',
  },
  'waiver-invalid': {
    id: 'waiver-invalid',
    severity: 'error',
    summary: 'A comment wants to waive a rule and is not written as a waiver.',
    why: 'It waives nothing, and its author believes that it does.',
    instead: 'Write it on the line above the statement: -- pgstrata: allow RULE until 2027-01-31 because REASON.',
  },
  'waiver-expired': {
    id: 'waiver-expired',
    severity: 'warning',
    summary: 'A waiver has run out.',
    why: 'What it allowed is found again, and decides.',
    instead: 'Mend the statement, or have the waiver renewed by those who gave it.',
  },
  'waiver-unused': {
    id: 'waiver-unused',
    severity: 'warning',
    summary: 'A waiver allows what is not found.',
    why: 'It stays behind and would hide the next finding of that rule.',
    instead: 'Remove the comment.',
  },
  'override-invalid': {
    id: 'override-invalid',
    severity: 'error',
    summary: 'A comment wants to say the class of a change and is not written so.',
    why: 'It says nothing: the version is derived as if it were not there, and its author believes otherwise.',
    instead:
      'Write it on the line above the statement, or at the head of the file with an empty line behind it: -- pgstrata: change minor because REASON (or -- pgstrata: not breaking because REASON, -- @schema-change: minor REASON).',
  },
  'override-unused': {
    id: 'override-unused',
    severity: 'warning',
    summary: 'A comment says the class that a change has anyway.',
    why: 'It stays behind, and would decide if the statement were changed.',
    instead:
      'Remove the comment while the migration is not applied. At the head of the file it speaks for the whole migration only with an empty line behind it.',
  },
  'drift-missing': {
    id: 'drift-missing',
    severity: 'error',
    summary: 'The first source has an object, and the second has none.',
    why: 'What was tried here cannot work there: queries fail, run slowly, or let rows in that should not be.',
    instead: 'Find out why it is not there. pgstrata drift A B --sql writes the statements that make it.',
  },
  'drift-extra': {
    id: 'drift-extra',
    severity: 'error',
    summary: 'The second source has an object that the first has not.',
    why: 'Somebody made it by hand. A migration that makes it later is refused, and a new database does not have it.',
    instead: 'If it is wanted, write a migration that makes it IF NOT EXISTS; if not, drop it there (pgstrata drift A B --sql).',
  },
  'drift-changed': {
    id: 'drift-changed',
    severity: 'error',
    summary: 'Both sources have an object, and its definitions differ.',
    why: 'What was tried here is not what runs there.',
    instead: 'Decide which side is right. pgstrata drift A B --sql writes the statements that bring the second to the first.',
  },
  'drift-acceptance-expired': {
    id: 'drift-acceptance-expired',
    severity: 'error',
    summary: 'A drift was accepted until a day that is past.',
    why: 'It was meant to be looked at again by then.',
    instead: 'Mend the drift, or accept it anew with --accept REASON --until DATE.',
  },
  'drift-acceptance-unused': {
    id: 'drift-acceptance-unused',
    severity: 'warning',
    summary: 'A drift that was accepted is not there any more.',
    why: 'The entry would hide the same drift when it comes back.',
    instead: 'Take the entry out of the file, or run pgstrata drift with --accept, which does it.',
  },
  'rollback-failed': {
    id: 'rollback-failed',
    severity: 'error',
    summary: 'A rollback was tried in PostgreSQL and does not lead back.',
    why: 'On the day when it is needed it stops in the middle of a transaction, or leaves another catalog than the one that the older release knows.',
    instead:
      'Mend the file at the place named, or have it written anew: pgstrata rollback TAG --write. One that pgstrata has written itself and that fails is a fault of pgstrata: please report it.',
  },
  'rollback-missing': {
    id: 'rollback-missing',
    severity: 'error',
    summary: 'A new migration has no rollback beside it.',
    why: 'The way back is cheap to make and to prove while the change is fresh, and dear at night.',
    instead: 'pgstrata rollback TAG --write makes it; what it cannot bring back stands at its head.',
  },
  'rollback-loses': {
    id: 'rollback-loses',
    severity: 'error',
    summary: 'Taking a migration back in this database loses rows or values.',
    why: 'What the migration dropped comes back empty, and what was written since into what it had made goes with it. Nothing brings that back afterwards but a backup.',
    instead:
      'rollback --apply ENV --keep copies what was written since into a schema of its own first; --accept-loss does it all the same. The next migration may keep its rows from the start: pgstrata rollback TAG --archive --write.',
  },
  'rollback-drift': {
    id: 'rollback-drift',
    severity: 'error',
    summary: 'What a rollback works on is not what the migrations have made.',
    why: 'It was made, and proven, for the catalog that the folder describes. Somebody has changed this database by hand: the rollback may be refused, or take along what nobody has looked at.',
    instead:
      'pgstrata drift folder ENV says what differs. Set it right, or look at the difference and give --accept drift; a rollback that is refused leaves nothing behind.',
  },
  'rollback-stopped': {
    id: 'rollback-stopped',
    severity: 'error',
    summary: 'A rollback could not be run to its end.',
    why: 'What stood in its transaction is as it was before, unless the connection was lost: then nobody has heard whether it is done. What could not stand in one is known in the database as unfinished.',
    instead:
      'Mend what the message says, and run it again with the TAG that the message names: it goes on from there, or says that it is taken back already. Without a TAG the last of what is applied by then would be taken back.',
  },
  'archive-due': {
    id: 'archive-due',
    severity: 'warning',
    summary: 'What a migration has set aside or copied for its rollback is still there after its last day.',
    why: 'It takes room, and what was set aside stands in tables that are in use. Nobody will go back that far any more.',
    instead:
      'pgstrata rollback --contract --write adds a migration that drops it. Where it is still wanted, write a later day into the first line of the migration that made it, if that has not run anywhere yet; else leave this finding.',
  },
  'rollback-stale': {
    id: 'rollback-stale',
    severity: 'error',
    summary: 'A rollback was made for another text of its migration.',
    why: 'It undoes what the migration did before it was edited; run against what it does now, it fails or leaves something behind.',
    instead: 'Have it written anew: pgstrata rollback TAG --write. Statements added by hand have to be added again.',
  },
  collision: {
    id: 'collision',
    severity: 'error',
    summary: 'Migrations of this branch and of the landed branch claim one place in the line.',
    why: 'Drizzle 0.x runs migrations in the journal’s order and skips, without a word, each that is older than the newest one applied. Two with one number, one parent or interleaved times leave databases that never run one of them, and a journal in which git may lose an entry.',
    instead: 'Merge (or rebase onto) the landed branch and run pgstrata resolve --write: mine goes behind what has landed, nothing is lost.',
  },
  'collision-undecided': {
    id: 'collision-undecided',
    severity: 'error',
    summary: 'Two sides meet in a way that only a person can decide.',
    why: 'Run in one order the migrations fail or leave another schema than in the other, or one side has taken away what the other stands on: whatever a tool chose would lose somebody’s work.',
    instead: 'Choose one of the ways that pgstrata resolve lays out, and give it with --choose KEY=WAY; or change the migration by hand and run it again.',
  },
  'lock-edited': {
    id: 'lock-edited',
    severity: 'error',
    summary: 'A migration has another text than pgstrata.lock holds.',
    why: 'Databases that have run it keep what it did before; a new database gets something else.',
    instead: 'Bring the text back and write a further migration. Where it has not run anywhere yet: pgstrata lock --write.',
  },
  'lock-behind': {
    id: 'lock-behind',
    severity: 'error',
    summary: 'pgstrata.lock does not list the migrations that the folder has.',
    why: 'Two branches conflict over the lock only when each writes its migrations into it; one that is behind lets a collision pass.',
    instead: 'After drizzle-kit generate: pgstrata lock --write. In the middle of a merge or rebase: pgstrata resolve --write, which keeps it.',
  },
  'ledger-edited': {
    id: 'ledger-edited',
    severity: 'error',
    summary: 'A migration’s file is not what the database has run.',
    why: 'Drizzle stores the hash of what it ran and never compares it: the folder describes a schema that this database does not have, and new databases get another one.',
    instead: 'Put the old text back and write the change as a new migration. Where the edit changes nothing (a comment, white space): --accept edited.',
  },
  'ledger-skipped': {
    id: 'ledger-skipped',
    severity: 'error',
    summary: 'Drizzle will never run a migration, because a later one has been applied.',
    why: 'Drizzle 0.x runs what is newer than the newest row of the ledger. A branch that was merged late has an older time: its migration is passed over for ever, and the migrator ends well.',
    instead: 'pgstrata migrate --accept out-of-order runs it; or give it a new time with pgstrata resolve, before it is merged.',
  },
  'ledger-out-of-order': {
    id: 'ledger-out-of-order',
    severity: 'warning',
    summary: 'A pending migration stands before one that has been applied.',
    why: 'It will run on a schema that its author did not see, and databases get the same migrations in different orders.',
    instead: 'pgstrata resolve puts it behind what has landed and says whether both orders give the same.',
  },
  'ledger-runs-again': {
    id: 'ledger-runs-again',
    severity: 'warning',
    summary: 'Drizzle’s own migrator would run a migration again that has been applied.',
    why: 'A renamed folder (1.0) or a later time (0.x) makes it pending for Drizzle: it fails, or does everything twice. pgstrata knows it by its hash and does not run it.',
    instead: 'Give the folder its old name or the entry its old time, or let pgstrata resolve --ledger print the SQL that sets the row right.',
  },
  'ledger-unknown-row': {
    id: 'ledger-unknown-row',
    severity: 'warning',
    summary: 'The ledger has a row that no file of the folder explains.',
    why: 'The database has run something that this folder does not have: another branch, a file that was removed, an older release of the folder.',
    instead: 'Check out the commit that has the file, or bring it back. Where the row is known to be of no matter: --accept unknown-rows.',
  },
  'push-drops-ledger': {
    id: 'push-drops-ledger',
    severity: 'warning',
    summary: 'drizzle-kit push would drop the schema pgstrata of a database.',
    why: 'push of drizzle-kit 1.0 manages every schema unless schemaFilter names some, and drops what the TypeScript schema does not have: the table of versions, with the times and users of everything that was applied.',
    instead:
      "Name the schemas that are yours in the Drizzle config: schemaFilter: ['public']. What was dropped of pgstrata’s own is made anew by pgstrata version ENV --sync; times and users are lost.",
  },
  'migration-unfinished': {
    id: 'migration-unfinished',
    severity: 'error',
    summary: 'A migration, or its rollback, has begun in this database, and cannot be gone on with here.',
    why: 'It did not fit into one transaction, and its run ended in the middle. It goes the other way than this command; or its file was changed since, or is gone.',
    instead: 'Bring the file back as it was when it began; pgstrata migrate, or rollback --apply, then goes on where it stopped.',
  },
  'migration-failed': {
    id: 'migration-failed',
    severity: 'error',
    summary: 'A migration could not be run to its end.',
    why: 'What stood in its transaction is rolled back. What had been committed before is in the ledger, or known as unfinished.',
    instead: 'Mend what the message says, and run migrate again: it goes on from there.',
  },
  'environment-not-in-sync': {
    id: 'environment-not-in-sync',
    severity: 'error',
    summary: 'An environment is not in sync with the folder (status --check).',
    why: 'Something is pending there, skipped, edited, without a file, or its catalog is not what the migrations make: code that was built for this folder may meet another schema.',
    instead: 'pgstrata status says which migrations, and what the next deployment will do about them.',
  },
  'impact-breaks-code': {
    id: 'impact-breaks-code',
    severity: 'warning',
    summary: 'Code names something that a change of the schema takes away or no longer lets in (impact).',
    why: 'While a deployment rolls, the release from before still runs: its queries are refused as soon as the migration has run.',
    instead: 'Follow the deployment order of pgstrata impact: mostly a release without this use goes first. A use that is only possible is a note.',
  },
  'impact-breaks-entries': {
    id: 'impact-breaks-entries',
    severity: 'warning',
    summary: 'A new migration takes away what routes, jobs or pages of the running code need (check).',
    why: 'The code that has landed is what runs while the migration is deployed. Its queries are refused as soon as the migration has run, whatever the code of the same pull request does: that one is not deployed yet.',
    instead:
      'Follow the deployment order: mostly a release without these uses goes first. Uses that are only possible, and changes that refuse only some values, are a note.',
  },
  'impact-breaks-rows': {
    id: 'impact-breaks-rows',
    severity: 'note',
    summary: 'Statements of whole rows carry something along that a change of the schema takes away (impact).',
    why: 'No text of theirs names it, but Drizzle lists every column of the schema.ts that a release was built with, in SELECTs of whole rows, in RETURNING and in INSERTs. They are all refused once it is gone.',
    instead: 'Take it out of schema.ts in one release; run the migration when no earlier release runs any more.',
  },
})

export type ReportedRuleId = keyof typeof reportedRules
