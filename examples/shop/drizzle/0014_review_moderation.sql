CREATE TYPE "public"."review_state" AS ENUM('waiting', 'published', 'rejected');--> statement-breakpoint
ALTER TABLE "reviews" ADD COLUMN "state" "review_state" DEFAULT 'waiting' NOT NULL;--> statement-breakpoint
CREATE INDEX "reviews_waiting_idx" ON "reviews" USING btree ("created_at") WHERE "reviews"."state" = 'waiting';