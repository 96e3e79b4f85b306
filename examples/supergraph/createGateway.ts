import { createGatewayRuntime, type GatewayConfigSupergraph, type GatewayRuntime } from '@graphql-hive/gateway'
import { nodeRouting } from './nodeRouting.ts'

/** Hive's gateway over a supergraph. It passes the caller's key on, as any gateway in front of the service has to. */
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
