-- Orders made before numbers existed get theirs in the order in which they were placed.
UPDATE "orders" SET "number" = numbered.number
FROM (SELECT "id", 'S-' || lpad(nextval('order_number_seq')::text, 8, '0') AS number FROM "orders" ORDER BY "placed_at", "id") AS numbered
WHERE "orders"."id" = numbered."id" AND "orders"."number" IS NULL;
--> statement-breakpoint
CREATE FUNCTION "number_order"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.number := coalesce(NEW.number, 'S-' || lpad(nextval('order_number_seq')::text, 8, '0'));
  RETURN NEW;
END
$$;
--> statement-breakpoint
CREATE TRIGGER "orders_number" BEFORE INSERT ON "orders" FOR EACH ROW EXECUTE FUNCTION "number_order"();
