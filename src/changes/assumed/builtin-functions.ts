/** Functions that PostgreSQL has itself: names of pg_proc on 18.4 that a statement may call; without those of operators, operator classes, aggregates and types. */
export const builtinFunctions: ReadonlySet<string> = new Set(
  `array_append array_cat array_prepend hashtext setseed textcat
  abbrev abs acldefault acos acosd acosh age amvalidate anyarray_send anycompatiblearray_send area array_dims array_fill array_length array_lower array_ndims
  array_position array_positions array_remove array_replace array_reverse array_sample array_send array_shuffle array_sort array_to_json array_to_string
  array_to_tsvector array_upper ascii asin asind asinh atan atan2 atan2d atand atanh bit bit_count bit_length bit_send bittypmodin bool boolsend box box_send
  bpchar bpcharsend bpchartypmodin brin_bloom_summary_send brin_minmax_multi_summary_send brin_summarize_new_values brin_summarize_range broadcast btrim bytea
  byteasend cardinality casefold cash_send cash_words cbrt ceil ceiling center char char_length character_length charsend chr cidr cidr_send cidsend circle
  circle_send clock_timestamp col_description concat concat_ws convert convert_from convert_to cos cosd cosh cot cotd crc32 crc32c current_database
  current_query current_schema current_schemas current_setting current_user currtid2 currval cursor_to_xml cursor_to_xmlschema database_to_xml
  database_to_xml_and_xmlschema database_to_xmlschema date date_add date_bin date_part date_send date_subtract date_trunc datemultirange daterange
  daterange_canonical daterange_subdiff decode degrees dexp diagonal diameter div dlog1 dlog10 dround dtrunc encode enum_first enum_last enum_range enum_send
  erf erfc exp extract factorial family float4 float4send float8 float8send floor format format_type gamma gcd gen_random_uuid get_bit get_byte
  get_current_ts_config getdatabaseencoding getpgusername gin_clean_pending_list has_any_column_privilege has_column_privilege has_database_privilege
  has_foreign_data_wrapper_privilege has_function_privilege has_language_privilege has_largeobject_privilege has_parameter_privilege has_schema_privilege
  has_sequence_privilege has_server_privilege has_table_privilege has_tablespace_privilege has_type_privilege height host hostmask icu_unicode_version
  inet_client_addr inet_client_port inet_send inet_server_addr inet_server_port initcap int2 int2send int2vectorsend int4 int4inc int4multirange int4range
  int4range_canonical int4range_subdiff int4send int8 int8_sum int8multirange int8range int8range_canonical int8range_subdiff int8send interval interval_send
  intervaltypmodin is_normalized isclosed isempty isfinite ishorizontal isopen isparallel isperp isvertical json_array_length json_build_array
  json_build_object json_object json_populate_record json_send json_strip_nulls json_to_record json_to_tsvector json_typeof jsonb_array_length
  jsonb_build_array jsonb_build_object jsonb_insert jsonb_object jsonb_path_exists jsonb_path_exists_tz jsonb_path_match jsonb_path_match_tz
  jsonb_path_query_array jsonb_path_query_array_tz jsonb_path_query_first jsonb_path_query_first_tz jsonb_populate_record jsonb_populate_record_valid
  jsonb_pretty jsonb_send jsonb_set jsonb_set_lax jsonb_strip_nulls jsonb_to_record jsonb_to_tsvector jsonb_typeof jsonpath_send justify_days justify_hours
  justify_interval lastval lcm left length lgamma like like_escape line line_send ln log log10 loread lower lower_inc lower_inf lowrite lpad lseg lseg_send
  ltrim macaddr macaddr8 macaddr8_send macaddr8_set7bit macaddr_send make_date make_interval make_time make_timestamp make_timestamptz makeaclitem masklen md5
  min_scale mod money multirange multirange_send mxid_age name nameconcatoid namesend netmask network nextval normalize notlike now npoints num_nonnulls
  num_nulls numeric numeric_div_trunc numeric_exp numeric_inc numeric_ln numeric_log numeric_send numeric_sqrt numerictypmodin nummultirange numnode numrange
  numrange_subdiff obj_description octet_length oid oidsend oidvectorsend oidvectortypes overlaps overlay parse_ident path path_send pclose pg_backend_pid
  pg_current_xact_id pg_get_serial_sequence pg_size_pretty pg_sleep pg_typeof phraseto_tsquery pi plainto_tsquery plpgsql_call_handler point point_send
  poly_send polygon popen position postgresql_fdw_validator pow power query_to_xml query_to_xml_and_xmlschema query_to_xmlschema querytree quote_ident
  quote_literal quote_nullable radians radius random random_normal range_merge range_send record_send regclass regclasssend regcollationsend regconfigsend
  regdictionarysend regexp_count regexp_instr regexp_like regexp_match regexp_replace regexp_split_to_array regexp_substr regnamespacesend regoperatorsend
  regopersend regproceduresend regprocsend regrolesend regtypesend repeat replace reverse right round row_security_active row_to_json rpad rtrim
  satisfies_hash_partition scale schema_to_xml schema_to_xml_and_xmlschema schema_to_xmlschema session_user set_bit set_byte set_config set_masklen setval
  setweight sha224 sha256 sha384 sha512 shobj_description sign similar_escape similar_to_escape sin sind sinh slope split_part sqrt statement_timestamp
  string_to_array strip strpos substr substring system_user table_to_xml table_to_xml_and_xmlschema table_to_xmlschema tan tand tanh text textlen textsend
  tidsend time time_send timeofday timestamp timestamp_send timestamptypmodin timestamptz timestamptz_send timestamptztypmodin timetypmodin timetz timetz_send
  timetztypmodin timezone to_ascii to_bin to_char to_date to_hex to_json to_jsonb to_number to_oct to_regclass to_regcollation to_regnamespace to_regoper
  to_regoperator to_regproc to_regprocedure to_regrole to_regtype to_regtypemod to_timestamp to_tsquery to_tsvector transaction_timestamp translate trim_array
  trim_scale trunc ts_delete ts_filter ts_headline ts_lexize ts_rank ts_rank_cd ts_rewrite tsmultirange tsquery_phrase tsquerysend tsrange tsrange_subdiff
  tstzmultirange tstzrange tstzrange_subdiff tsvector_to_array tsvectorsend txid_current txid_current_if_assigned txid_current_snapshot txid_snapshot_send
  txid_snapshot_xmax txid_snapshot_xmin txid_status txid_visible_in_snapshot unicode_assigned unicode_version unistr unknownsend upper upper_inc upper_inf
  uuid_extract_timestamp uuid_extract_version uuid_send uuidv4 uuidv7 varbit varbit_send varbittypmodin varchar varcharsend varchartypmodin version void_send
  websearch_to_tsquery width width_bucket xid xid8send xidsend xml xml_is_well_formed xml_is_well_formed_content xml_is_well_formed_document xml_send
  xmlcomment xmlexists xmltext xmlvalidate xpath xpath_exists`
    .trim()
    .split(/\s+/),
)
