/**
 * What a Neon database holds before the first migration when Neon Auth or the Data API is switched on: stand-ins with the names and types of the real
 * objects, one statement an object. Facts: Neon's pages on Neon Auth, the extension pg_session_jwt (schema `auth`), and `drizzle-orm/neon`.
 */
import type { Platform } from './define.ts'

export const neon: Platform = {
  name: 'Neon',
  roles: ['anonymous', 'authenticated', 'authenticator', 'neon_superuser'],
  unmistakable: ['neon_auth'],
  extensionSchemas: { auth: 'pg_session_jwt' },
  sql: `
CREATE SCHEMA neon_auth;
CREATE TABLE neon_auth.users_sync (
  raw_json jsonb NOT NULL, id text NOT NULL, name text, email text, created_at timestamptz, updated_at timestamptz, deleted_at timestamptz,
  CONSTRAINT users_sync_pkey PRIMARY KEY (id)
);
CREATE TABLE neon_auth."user" (
  id uuid NOT NULL DEFAULT gen_random_uuid(), name text NOT NULL, email text NOT NULL, "emailVerified" boolean NOT NULL, image text,
  "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, role text, banned boolean,
  "banReason" text, "banExpires" timestamptz, CONSTRAINT user_pkey PRIMARY KEY (id), CONSTRAINT user_email_key UNIQUE (email)
);
CREATE TABLE neon_auth.session (
  id uuid NOT NULL DEFAULT gen_random_uuid(), "expiresAt" timestamptz NOT NULL, token text NOT NULL, "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updatedAt" timestamptz NOT NULL, "ipAddress" text, "userAgent" text, "userId" uuid NOT NULL, "impersonatedBy" text, "activeOrganizationId" text,
  CONSTRAINT session_pkey PRIMARY KEY (id), CONSTRAINT session_token_key UNIQUE (token),
  CONSTRAINT "session_userId_fkey" FOREIGN KEY ("userId") REFERENCES neon_auth."user" (id) ON DELETE CASCADE
);
CREATE TABLE neon_auth.account (
  id uuid NOT NULL DEFAULT gen_random_uuid(), "accountId" text NOT NULL, "providerId" text NOT NULL, "userId" uuid NOT NULL, "accessToken" text,
  "refreshToken" text, "idToken" text, "accessTokenExpiresAt" timestamptz, "refreshTokenExpiresAt" timestamptz, scope text, password text,
  "createdAt" timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP, "updatedAt" timestamptz NOT NULL, CONSTRAINT account_pkey PRIMARY KEY (id),
  CONSTRAINT "account_userId_fkey" FOREIGN KEY ("userId") REFERENCES neon_auth."user" (id) ON DELETE CASCADE
);
CREATE TABLE neon_auth.organization (
  id uuid NOT NULL DEFAULT gen_random_uuid(), name text NOT NULL, slug text NOT NULL, logo text, "createdAt" timestamptz NOT NULL, metadata text,
  CONSTRAINT organization_pkey PRIMARY KEY (id), CONSTRAINT organization_slug_key UNIQUE (slug)
);
CREATE TABLE neon_auth.member (
  id uuid NOT NULL DEFAULT gen_random_uuid(), "organizationId" uuid NOT NULL, "userId" uuid NOT NULL, role text NOT NULL, "createdAt" timestamptz NOT NULL,
  CONSTRAINT member_pkey PRIMARY KEY (id),
  CONSTRAINT "member_organizationId_fkey" FOREIGN KEY ("organizationId") REFERENCES neon_auth.organization (id) ON DELETE CASCADE,
  CONSTRAINT "member_userId_fkey" FOREIGN KEY ("userId") REFERENCES neon_auth."user" (id) ON DELETE CASCADE
);
CREATE SCHEMA auth;
CREATE FUNCTION auth.user_id() RETURNS text LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub' $$;
CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
CREATE FUNCTION auth.session() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb $$;
CREATE FUNCTION auth.organization() RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'o' $$;
CREATE FUNCTION auth.organization_id() RETURNS uuid LANGUAGE sql STABLE AS $$ SELECT NULL::uuid $$;
CREATE FUNCTION auth.init() RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
CREATE FUNCTION auth.jwt_session_init(jwt text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN END $$;
`,
}
