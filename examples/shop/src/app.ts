import { Hono } from 'hono'
import { ordersOf, parcelsOf, placeOrder } from './orders.ts'

const orders = new Hono()
  .get('/:customer', async (context) => context.json(await ordersOf(context.req.param('customer'))))
  .post('/:customer', async (context) => context.json(await placeOrder(context.req.param('customer'), context.req.query('coupon'))))
  .get('/:order/parcels', async (context) => context.json(await parcelsOf(context.req.param('order'))))

const app = new Hono().route('/orders', orders)

export default app
