import { randomUUID } from 'node:crypto'

const eventNames = ['$pageview', '$pageview', 'product_viewed', '$pageview', 'add_to_cart', 'purchase', 'signed_up']

/**
 * A week of events that ends five minutes before `now`. Only purchases carry a flag property, that of the checkout button, so that the
 * implementation check gives both results.
 */
export function demoEvents(now: Date) {
  return Array.from({ length: 420 }, (_, index) => {
    const event = eventNames[index % eventNames.length] ?? '$pageview'
    const flags = event === 'purchase' && index % 3 !== 0 ? { '$feature/checkout-button': index % 2 === 0 ? 'control' : 'test' } : {}
    return {
      id: randomUUID(),
      event,
      timestamp: new Date(now.getTime() - (5 + index * 23) * 60 * 1000),
      distinctId: `visitor-${index % 37}`,
      properties: JSON.stringify({ $os: index % 2 === 0 ? 'iOS' : 'Windows', $current_url: 'https://shop.example.com/', ...flags }),
    }
  })
}

/** Thirty days on which applications asked for the checkout button: what its usage counts. */
export function demoFlagCalls(now: Date) {
  return Array.from({ length: 180 }, (_, index) => {
    const variant = index % 2 === 0 ? 'control' : 'test'
    return {
      id: randomUUID(),
      event: '$feature_flag_called',
      timestamp: new Date(now.getTime() - (10 + index * 240) * 60 * 1000),
      distinctId: `visitor-${index % 37}`,
      properties: JSON.stringify({
        $feature_flag: 'checkout-button',
        $feature_flag_response: variant,
        '$feature/checkout-button': variant,
      }),
    }
  })
}
