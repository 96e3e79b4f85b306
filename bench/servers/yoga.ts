import { createServer } from 'node:http'
import { createSchema, createYoga } from 'graphql-yoga'

// GraphQL Yoga alone, as its documentation starts it: what a request costs before any of our code runs.

const yoga = createYoga({ schema: createSchema({ typeDefs: 'type Query { hello: String }' }), graphiql: false, landingPage: false })
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1')
