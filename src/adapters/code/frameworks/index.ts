/** All frameworks, in the order in which they are asked. */

import { ai } from './ai.ts'
import { astro } from './astro.ts'
import { betterAuthMember } from './better-auth.ts'
import { bullmq } from './bullmq.ts'
import { cli } from './cli.ts'
import { cloudflare } from './cloudflare.ts'
import { containers } from './containers.ts'
import type { Framework } from './define.ts'
import { elysia } from './elysia.ts'
import { express } from './express.ts'
import { fastify } from './fastify.ts'
import { graphql } from './graphql.ts'
import { hono } from './hono.ts'
import { inngest } from './inngest.ts'
import { lambda } from './lambda.ts'
import { messages } from './messages.ts'
import { nestjs } from './nestjs.ts'
import { nextAuthMember } from './next-auth.ts'
import { nextjs } from './nextjs.ts'
import { nexus } from './nexus.ts'
import { node } from './node.ts'
import { nodeCronFamily } from './node-cron.ts'
import { nuxtNitro } from './nuxt-nitro.ts'
import { passportMember } from './passport.ts'
import { pgBoss } from './pg-boss.ts'
import { pothos } from './pothos.ts'
import { reactRouter } from './react-router.ts'
import { safeAction } from './safe-action.ts'
import { sveltekit } from './sveltekit.ts'
import { tanstackStart } from './tanstack-start.ts'
import { trigger } from './trigger.ts'
import { trpc } from './trpc.ts'

export const frameworks: readonly Framework[] = [
  nextjs,
  trpc,
  safeAction,
  hono,
  express,
  fastify,
  elysia,
  nestjs,
  containers,
  lambda,
  cloudflare,
  sveltekit,
  reactRouter,
  tanstackStart,
  nuxtNitro,
  astro,
  cli,
  bullmq,
  inngest,
  messages,
  node,
  nodeCronFamily,
  pgBoss,
  trigger,
  ai,
  passportMember,
  nextAuthMember,
  betterAuthMember,
  pothos,
  nexus,
  graphql,
]
