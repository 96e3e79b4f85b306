import { createGatewayRuntime, type GatewayConfigSupergraph, type GatewayRuntime } from '@graphql-hive/gateway'
import { nodeRouting } from './nodeRouting.ts'

/** Hive's gateway over a supergraph. It forwards the caller's key, as every gateway in front of the service must. */
export function createGateway(supergraph: string, more: Partial<GatewayConfigSupergraph> = {}): GatewayRuntime {
  return createGatewayRuntime({
    supergraph,
    additionalResolvers: nodeRouting((typename) => (typename === 'Page' ? 'pages' : 'experiments')),
    propagateHeaders: {
      fromClientToSubgraphs: ({ request }) => {
        const authorization = request.headers.get('authorization')
        return authorization === null ? {} : { authorization }
      },
    },
    logging: 'warn',
    ...more,
  })
}
