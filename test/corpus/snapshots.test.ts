import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEngine } from '../../src/adapters/engines/index.ts'
import { readHistoryFolder } from '../../src/adapters/folder/index.ts'
import { diff } from '../../src/changes/diff.ts'
import { emptyCatalog } from '../../src/changes/edit.ts'
import { describe as inWords } from '../../src/changes/index.ts'
import { replay } from '../../src/changes/replay.ts'
import { readSnapshot } from '../../src/drizzle/snapshot-reader.ts'
import { snapshotSql } from '../../src/drizzle/snapshot-sql.ts'
import { judgeSnapshots, type SnapshotJudgement } from '../../src/features/snapshots.ts'
import type { Catalog } from '../../src/model/catalog.ts'
import type { Engine } from '../../src/model/engine.ts'
import type { Tree } from '../../src/model/json.ts'
import { extensionsIn } from '../../src/sql/extensions.ts'
import { loadSql } from '../../src/sql/parser.ts'
import { readScript } from '../../src/sql/script.ts'
import { corpus, needCorpus } from '../support/corpus.ts'
import { kitSql } from '../support/drizzle-kit.ts'

/** What each folder's last snapshot says otherwise than its SQL, decided by PostgreSQL; each one was looked up in the files by hand. */
const expected: { readonly [folder: string]: readonly string[] } = {
  'ai-chatbot': [],
  // 0056 adds provider_vendor_id without NOT NULL, 0066 says DEFAULT NULL, 0037 makes an index by hand, and no SQL puts `is_replay = false` into the indexes of usage_ledger.
  'claude-code-hub': [
    'both column "public"."providers"."provider_vendor_id"',
    'both column "public"."providers"."anthropic_adaptive_thinking"',
    'both index "public"."idx_usage_ledger_user_created_at"',
    'both index "public"."idx_usage_ledger_key_created_at"',
    'both index "public"."idx_usage_ledger_provider_created_at"',
    'both index "public"."idx_usage_ledger_key_cost"',
    'both index "public"."idx_usage_ledger_user_cost_cover"',
    'both index "public"."idx_usage_ledger_provider_cost_cover"',
    'both index "public"."idx_usage_ledger_key_created_at_desc_cover"',
    'sql index "public"."idx_message_request_cursor"',
  ],
  // Hand-edited: 0047 and later drop columns but not their enums; 0060 renames a label and the code lists it last; 0130 adds updated_at with a default; no SQL makes the unique index of release_job (0161 made another, 0176 drops it).
  ctrlplane: [
    'sql type "public"."concurrency_type"',
    'sql type "public"."evaluation_type"',
    'sql type "public"."release_dependency_rule_type"',
    'both type "public"."job_status"',
    'both column "public"."session"."updated_at"',
    'snapshot index "public"."release_job_release_id_job_id_index"',
  ],
  // 0079 adds gitea before other labels than the code has; 0066 was rewritten by hand (defaults, enableLogRotation, eight indexes).
  dokploy: [
    'both type "public"."sourceType"',
    'both type "public"."sourceTypeCompose"',
    'both column "public"."user"."two_factor_enabled"',
    'sql column "public"."user"."enableLogRotation"',
    'sql index "public"."idx_project_organization"',
    'sql index "public"."idx_server_organization"',
    'sql index "public"."idx_sshkey_organization"',
    'sql index "public"."idx_destination_organization"',
    'sql index "public"."idx_registry_organization"',
    'sql index "public"."idx_notification_organization"',
    'sql index "public"."idx_certificate_organization"',
    'sql index "public"."idx_git_provider_organization"',
  ],
  forge: [],
  // 0012 drops a primary key and adds `id serial NOT NULL` alone; 0019 keeps event_type_old; 0054, 0061, 0067 and 0073 move columns by hand and lose their unique constraints.
  'gh-next': [
    'sql type "public"."edit_activity_action"',
    'sql type "public"."event_type_old"',
    'snapshot constraint "public"."gh_next_issues_to_assignees"."gh_next_issues_to_assignees_pkey"',
    'both column "public"."gh_next_issues"."author_username_cs"',
    'snapshot constraint "public"."gh_next_users"."gh_next_users_username_unique"',
    'snapshot constraint "public"."gh_next_issue_user_mentions"."gh_next_issue_user_mentions_username_issue_id_comment_id_unique"',
    'snapshot constraint "public"."gh_next_repositories"."gh_next_repositories_name_unique"',
    'sql index "public"."uname_uniq_idx"',
    'sql index "public"."repo_name_uniq_idx"',
  ],
  // 0003, 0005 and 0013 are hand-written DO blocks with other defaults and NOT NULLs than the code.
  kaneo: [
    'both column "public"."label"."workspace_id"',
    'both column "public"."user"."email_verified"',
    'both column "public"."apikey"."reference_id"',
    'snapshot constraint "public"."apikey"."apikey_reference_id_user_id_fk"',
  ],
  // 0326 and 0327 have defaults that the snapshots do not; 0408 adds the unique without NULLS NOT DISTINCT; 0517 adds a CHECK by hand.
  'latitude-llm-v1': [
    'both column "latitude"."scores"."metadata"',
    'sql constraint "latitude"."issues"."issues_centroid_embedding_consistency_check"',
    'both column "latitude"."annotation_queues"."settings"',
    'both column "latitude"."annotation_queues"."assignees"',
    'both constraint "latitude"."annotation_queues"."annotation_queues_unique_slug_per_project_idx"',
  ],
  llmgateway: [],
  // 0006 onwards were edited: 0062 makes tables again that the code dropped, 0064 drops defaults and NOT NULLs, 0096 drops tables that the snapshot keeps, no SQL creates the policies.
  lmnr: [
    'snapshot policy "public"."api_keys"."Enable insert for authenticated users only"',
    'sql table "public"."evaluation_results"',
    'snapshot policy "public"."evaluations"."select_by_next_api_key"',
    'sql table "public"."events"',
    'sql constraint "public"."tag_classes"."label_classes_name_project_id_unique"',
    'both column "public"."project_api_keys"."value"',
    'both column "public"."project_api_keys"."shorthand"',
    'both column "public"."project_api_keys"."hash"',
    'both column "public"."subscription_tiers"."stripe_product_id"',
    'both column "public"."subscription_tiers"."signal_runs"',
    'both constraint "public"."traces"."traces_pkey"',
    'sql constraint "public"."traces"."traces_project_id_id_unique"',
    'snapshot policy "public"."traces"."select_by_next_api_key"',
    'snapshot policy "public"."users"."Enable insert for authenticated users only"',
    'both column "public"."playgrounds"."model_id"',
    'both column "public"."playgrounds"."tool_choice"',
    'both column "public"."workspace_invitations"."email"',
    'sql table "public"."project_settings"',
    'sql table "public"."agent_chats"',
    'sql table "public"."agent_messages"',
    'sql table "public"."agent_sessions"',
    'sql table "public"."clusters"',
    'sql table "public"."event_clusters"',
    'sql table "public"."semantic_event_definitions"',
    'sql table "public"."semantic_event_trigger_spans"',
    'both column "public"."workspace_deployments"."private_key"',
    'both column "public"."workspace_deployments"."private_key_nonce"',
    'both column "public"."workspace_deployments"."public_key"',
    'both column "public"."workspace_deployments"."data_plane_url"',
    'both column "public"."workspace_deployments"."data_plane_url_nonce"',
    'snapshot constraint "public"."signal_jobs"."signal_jobs_project_id_fkey"',
    'snapshot constraint "public"."signal_jobs"."signal_jobs_signal_id_fkey"',
    'snapshot constraint "public"."signal_triggers"."signal_triggers_project_id_fkey"',
    'snapshot constraint "public"."signal_triggers"."signal_triggers_signal_id_fkey"',
    'snapshot constraint "public"."signals"."signals_project_id_fkey"',
    'both constraint "public"."shared_evals"."shared_evals_project_id_fkey"',
    'snapshot table "public"."traces_agent_chats"',
    'snapshot table "public"."traces_agent_messages"',
    'snapshot table "public"."workspace_addons"',
    'snapshot index "public"."signal_jobs_project_id_idx"',
    'snapshot index "public"."signal_jobs_signal_id_idx"',
    'both index "public"."table_views_project_id_resource_name_idx"',
    'sql index "public"."traces_session_id_idx"',
  ],
  // The later migrations are hand-written: inline REFERENCES and UNIQUE have PostgreSQL’s names instead of Drizzle’s; checks and indexes that the code does not have.
  munin: [
    'both constraint "public"."api_keys"."api_keys_tracker_id_fkey"',
    'sql constraint "public"."api_keys"."api_keys_track_requires_tracker_chk"',
    'sql constraint "public"."api_keys"."api_keys_widget_requires_channel_chk"',
    'both constraint "public"."conv_conversations"."conv_conversations_outreach_campaign_id_fkey"',
    'both constraint "public"."crm_merge_proposals"."crm_merge_proposals_org_id_fkey"',
    'both constraint "public"."crm_merge_proposals"."crm_merge_proposals_contact_a_id_fkey"',
    'both constraint "public"."crm_merge_proposals"."crm_merge_proposals_contact_b_id_fkey"',
    'both constraint "public"."curator_jobs"."curator_jobs_org_id_fkey"',
    'both constraint "public"."crm_segments"."crm_segments_org_id_fkey"',
    'both constraint "public"."outreach_campaigns"."outreach_campaigns_org_id_fkey"',
    'both constraint "public"."outreach_campaigns"."outreach_campaigns_segment_id_fkey"',
    'both constraint "public"."outreach_campaigns"."outreach_campaigns_channel_id_fkey"',
    'both constraint "public"."outreach_proposals"."outreach_proposals_org_id_fkey"',
    'both constraint "public"."outreach_proposals"."outreach_proposals_campaign_id_fkey"',
    'both constraint "public"."outreach_proposals"."outreach_proposals_contact_id_fkey"',
    'both constraint "public"."outreach_proposals"."outreach_proposals_conversation_id_fkey"',
    'both constraint "public"."outreach_proposals"."outreach_proposals_sent_message_id_fkey"',
    'both constraint "public"."oauth_client"."oauth_client_client_id_key"',
    'both constraint "public"."oauth_access_token"."oauth_access_token_token_key"',
    'both constraint "public"."conv_message_reads"."conv_message_reads_org_id_fkey"',
    'both constraint "public"."conv_message_reads"."conv_message_reads_conversation_id_fkey"',
    'both constraint "public"."conv_message_reads"."conv_message_reads_message_id_fkey"',
    'both constraint "public"."conv_message_reads"."conv_message_reads_end_user_id_fkey"',
    'both constraint "public"."assistants"."assistants_org_id_fkey"',
    'both constraint "public"."conv_widget_email_fallbacks"."conv_widget_email_fallbacks_org_id_fkey"',
    'both constraint "public"."conv_widget_email_fallbacks"."conv_widget_email_fallbacks_conversation_id_fkey"',
    'both constraint "public"."conv_widget_email_fallbacks"."conv_widget_email_fallbacks_end_user_id_fkey"',
    'both constraint "public"."conv_widget_email_fallbacks"."conv_widget_email_fallbacks_email_channel_id_fkey"',
    'both constraint "public"."conv_widget_email_fallbacks"."conv_widget_email_fallbacks_trigger_message_id_fkey"',
    'both constraint "public"."feedback_outbox"."feedback_outbox_org_id_fkey"',
    'both constraint "public"."feedback_outbox"."feedback_outbox_submitted_by_user_id_fkey"',
    'both constraint "public"."org_alerts"."org_alerts_org_id_fkey"',
    'sql constraint "public"."org_alerts"."org_alerts_severity_chk"',
    'sql constraint "public"."org_alerts"."org_alerts_source_chk"',
    'both constraint "public"."analytics_view_events"."analytics_view_events_org_id_fkey"',
    'sql constraint "public"."analytics_view_events"."analytics_view_events_read_depth_chk"',
    'sql constraint "public"."analytics_view_events"."analytics_view_events_source_chk"',
    'both constraint "public"."analytics_search_events"."analytics_search_events_org_id_fkey"',
    'both constraint "public"."analytics_trackers"."analytics_trackers_org_id_fkey"',
    'sql index "public"."conv_messages_provider_msgid_uq"',
    'sql index "public"."conv_conversations_session_uq"',
    'sql index "public"."conv_conversations_runner_lease_idx"',
    'sql index "public"."conv_conversations_vapi_call_uq"',
    'sql index "public"."org_alerts_open_uniq"',
    'sql index "public"."conv_conversations_threll_call_uq"',
    'sql index "public"."conv_messages_threll_turn_uq"',
  ],
  // 0035, 0036 and 0038 have indexes that were added to the SQL by hand: no snapshot names them.
  musubi: [
    'sql index "public"."pages_one_default_per_user_idx"',
    'sql index "public"."event_shares_one_live_per_event_idx"',
    'sql index "public"."event_shares_token_idx"',
    'sql index "public"."scheduling_votes_one_per_person_idx"',
    'sql index "public"."scheduling_polls_token_idx"',
    'sql index "public"."scheduling_slots_poll_idx"',
  ],
  // 0039 and 0079 differ in NOT NULL, 0043 keeps two indexes, 0192 adds a CHECK, 0233 keeps columns that the code dropped.
  sim: [
    'both column "public"."user_stats"."billing_blocked"',
    'sql constraint "public"."invitation"."invitation_kind_requires_org_id"',
    'both column "public"."embedding"."embedding"',
    'sql column "public"."user_table_definitions"."import_status"',
    'sql column "public"."user_table_definitions"."import_id"',
    'sql column "public"."user_table_definitions"."import_error"',
    'sql column "public"."user_table_definitions"."import_rows_processed"',
    'sql column "public"."user_table_definitions"."import_started_at"',
    'sql index "public"."workflow_edges_source_block_fk_idx"',
    'sql index "public"."workflow_edges_target_block_fk_idx"',
  ],
  // 0000 is hand-written (index name in auth), 0086 adds a foreign key that the code does not have, projects.updated_at was NOT NULL from the start.
  tambo: [
    'both column "public"."projects"."updated_at"',
    'sql constraint "public"."threads"."threads_current_run_id_fk"',
    'both index "auth"."auth_email_idx"',
  ],
  zero: [],
}

const judged = async (name: string, prefixes: 'last' | 'all', engine?: Engine): Promise<SnapshotJudgement> => {
  const history = await readHistoryFolder(`${corpus}/${name}`, { name })
  const scripts = history.migrations.map(({ sql }) => readScript(sql ?? ''))
  return judgeSnapshots({
    history,
    catalogs: replay(scripts).catalogs,
    prefixes,
    loadSnapshot: (path) => readFile(`${corpus}/${name}/${path}`, 'utf8'),
    extensions: extensionsIn(scripts).assumed,
    ...(engine ? { engine } : {}),
  })
}

let engine: Engine
beforeAll(async () => {
  needCorpus()
  await loadSql()
  engine = await openEngine({ extensions: ['vector', 'pgcrypto'], profile: 'replay' })
})
afterAll(() => engine?.[Symbol.asyncDispose]())

describe('the last snapshot', () => {
  it.each(Object.entries(expected))('%s', async (name, differences) => {
    const answer = await judged(name, 'last', engine)
    expect(answer.compared).toHaveLength(1)
    expect([answer.undecided, answer.unknown]).toEqual([[], []])
    expect(answer.differences.map(({ in: side, object }) => `${side} ${object}`)).toEqual(differences)
  })
})

describe('all snapshots', () => {
  it.each([
    ['forge', 41],
    ['zero', 26],
    ['llmgateway', 20],
    ['ai-chatbot', 9],
  ] as const)('%s never drifted', async (name, snapshots) => {
    const answer = await judged(name, 'all')
    expect(answer.compared).toHaveLength(snapshots)
    expect([answer.findings, answer.unknown]).toEqual([[], []])
  })

  it('musubi drifts where indexes were added by hand, and says when', async () => {
    const { differences, findings } = await judged('musubi', 'all')
    expect(differences.map(({ since }) => since)).toEqual([
      '0035_add_pages',
      '0036_cynical_rhodey',
      '0036_cynical_rhodey',
      '0038_productive_baron_zemo',
      '0038_productive_baron_zemo',
      '0038_productive_baron_zemo',
    ])
    expect(findings.filter(({ severity }) => severity === 'note').map(({ message }) => message.split('. ').at(-1))).toEqual([
      'This was so from 0037_fat_major_mapleleaf to 0042_fearless_mentor.',
    ])
  })
})

describe('the DDL of a snapshot is drizzle-kit’s own', () => {
  const journals = Object.keys(expected).filter((name) => name !== 'latitude-llm-v1' && name !== 'gh-next')

  /** The catalog of statements, in schemas that the code uses and does not make. */
  const catalogOf = (statements: readonly string[], snapshot: Tree): Catalog => {
    const made = readSnapshot(snapshot)
    const used = made.tables.map(({ schema }) => schema).filter((schema) => !made.schemas.includes(schema))
    const { steps, catalog } = replay(
      statements.map((sql) => readScript(sql)),
      { ...emptyCatalog, schemas: new Map(['public', ...used].map((schema) => [schema, {}])) },
    )
    expect(steps.flatMap(({ refused }) => (refused ? [refused.message] : []))).toEqual([])
    return catalog
  }

  it.each(journals)('%s', async (name) => {
    const history = await readHistoryFolder(`${corpus}/${name}`, { name })
    const last = history.migrations.findLast(({ snapshot }) => snapshot)?.snapshot
    const snapshot: Tree = JSON.parse(await readFile(`${corpus}/${name}/${last?.path}`, 'utf8'))
    // JSON rounds the greatest bigint, and drizzle-kit writes what PostgreSQL then refuses.
    const theirs = (await kitSql(snapshot)).map((sql) => sql.replaceAll('9223372036854776000', '9223372036854775807'))
    const [a, b] = [catalogOf(theirs, snapshot), catalogOf(snapshotSql(snapshot), snapshot)]
    expect(b.tables.size).toBeGreaterThan(8)
    expect(diff(a, b).map(inWords)).toEqual([])
  })
})
