import { eq, type SQL, sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgPolicy,
  pgSequence,
  pgTable,
  pgView,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core'

const id = () => uuid('id').primaryKey().defaultRandom()
const createdAt = () => timestamp('created_at', { withTimezone: true }).notNull().defaultNow()

export const orderStatus = pgEnum('order_status', ['cart', 'placed', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded'])
export const orderNumbers = pgSequence('order_number_seq')
export const reviewState = pgEnum('review_state', ['waiting', 'published', 'rejected'])

export const customers = pgTable(
  'customers',
  {
    id: id(),
    email: varchar('email', { length: 320 }).notNull().unique(),
    name: text('name').notNull(),
    preferences: jsonb('preferences').$type<{ newsletter?: boolean }>().notNull().default({}),
    createdAt: createdAt(),
  },
  () => [pgPolicy('customers_see_themselves', { for: 'select', using: sql`id = current_setting('shop.customer_id', true)::uuid` })],
)

export const addresses = pgTable(
  'addresses',
  {
    id: id(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'cascade' }),
    street: text('street').notNull(),
    city: text('city').notNull(),
    postcode: varchar('postcode', { length: 16 }).notNull(),
    country: varchar('country', { length: 2 }).notNull().default('NL'),
    isDefault: boolean('is_default').notNull().default(false),
  },
  (table) => [index('addresses_customer_id_idx').on(table.customerId)],
)

export const categories = pgTable('categories', {
  id: integer('id').primaryKey().generatedAlwaysAsIdentity(),
  slug: varchar('slug', { length: 80 }).notNull().unique(),
  title: text('title').notNull(),
  position: smallint('position').notNull().default(0),
})

export const products = pgTable(
  'products',
  {
    id: id(),
    sku: varchar('sku', { length: 40 }).notNull().unique(),
    name: text('name').notNull(),
    description: text('description').notNull().default(''),
    price: numeric('price', { precision: 10, scale: 2 }).notNull(),
    stock: integer('stock').notNull().default(0),
    categoryId: integer('category_id').references(() => categories.id, { onDelete: 'set null' }),
    discontinuedAt: timestamp('discontinued_at', { withTimezone: true }),
    createdAt: createdAt(),
  },
  (table) => [
    index('products_category_id_idx').on(table.categoryId),
    uniqueIndex('products_live_name_idx').on(sql`lower(${table.name})`).where(sql`${table.discontinuedAt} IS NULL`),
    check('products_price_is_positive', sql`${table.price} > 0`),
  ],
)

export const orders = pgTable(
  'orders',
  {
    id: id(),
    number: varchar('number', { length: 20 }).notNull().unique(),
    customerId: uuid('customer_id')
      .notNull()
      .references(() => customers.id, { onDelete: 'restrict' }),
    shipTo: uuid('ship_to').references(() => addresses.id, { onDelete: 'set null' }),
    couponId: uuid('coupon_id').references(() => coupons.id, { onDelete: 'set null' }),
    status: orderStatus('status').notNull().default('cart'),
    placedAt: timestamp('placed_at', { withTimezone: true }),
    refundedAt: timestamp('refunded_at', { withTimezone: true }),
  },
  (table) => [index('orders_customer_id_placed_at_idx').on(table.customerId, table.placedAt.desc())],
)

export const orderItems = pgTable(
  'order_items',
  {
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    productId: uuid('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'restrict' }),
    quantity: integer('quantity').notNull().default(1),
    unitPrice: numeric('unit_price', { precision: 10, scale: 2 }).notNull(),
    total: numeric('total', { precision: 12, scale: 2 }).generatedAlwaysAs((): SQL => sql`${orderItems.quantity} * ${orderItems.unitPrice}`),
  },
  (table) => [primaryKey({ columns: [table.orderId, table.productId] }), check('order_items_quantity_is_positive', sql`${table.quantity} > 0`)],
)

export const reviews = pgTable(
  'reviews',
  {
    id: id(),
    productId: uuid('product_id')
      .notNull()
      .references(() => products.id, { onDelete: 'cascade' }),
    customerId: uuid('customer_id').references(() => customers.id, { onDelete: 'set null' }),
    rating: smallint('rating').notNull(),
    body: text('body'),
    state: reviewState('state').notNull().default('waiting'),
    createdAt: createdAt(),
  },
  (table) => [
    unique('reviews_one_per_customer').on(table.productId, table.customerId),
    check('reviews_rating_is_1_to_5', sql`${table.rating} BETWEEN 1 AND 5`),
    index('reviews_waiting_idx').on(table.createdAt).where(sql`${table.state} = 'waiting'`),
  ],
)

export const coupons = pgTable(
  'coupons',
  {
    id: id(),
    code: varchar('code', { length: 32 }).notNull().unique(),
    percentOff: smallint('percent_off').notNull(),
    validUntil: timestamp('valid_until', { withTimezone: true }),
  },
  (table) => [check('coupons_percent_off_is_a_percentage', sql`${table.percentOff} BETWEEN 1 AND 100`)],
)

export const shipments = pgTable(
  'shipments',
  {
    id: id(),
    orderId: uuid('order_id')
      .notNull()
      .references(() => orders.id, { onDelete: 'cascade' }),
    carrier: text('carrier').notNull(),
    trackingCode: text('tracking_code'),
    shippedAt: timestamp('shipped_at', { withTimezone: true }).notNull().defaultNow(),
    deliveredAt: timestamp('delivered_at', { withTimezone: true }),
  },
  (table) => [index('shipments_order_id_idx').on(table.orderId)],
)

export const orderSummary = pgView('order_summary').as((query) =>
  query
    .select({
      orderId: orders.id,
      number: orders.number,
      status: orders.status,
      items: sql<number>`count(${orderItems.productId})::integer`.as('items'),
      total: sql<string>`coalesce(sum(${orderItems.total}), 0)`.as('total'),
    })
    .from(orders)
    .leftJoin(orderItems, eq(orderItems.orderId, orders.id))
    .groupBy(orders.id, orders.number, orders.status),
)
