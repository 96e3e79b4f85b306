// The settings of all examples, from the environment.
const { GRAPHQL_URL, GRAPHQL_KEY } = process.env

if (!GRAPHQL_KEY) throw new Error('Set GRAPHQL_KEY to an API key: `npm start` prints the key of the demo project.')

export const url = GRAPHQL_URL || 'http://localhost:4000/graphql'
export const key = GRAPHQL_KEY
