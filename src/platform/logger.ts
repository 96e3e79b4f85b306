import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { requestId } from './requestId.ts'

export type { Logger }

/** Lines of JSON on standard error, each with the id of the request it belongs to. Keys and tokens are never among them. */
export function createLogger({ logLevel }: Pick<Config, 'logLevel'>): Logger {
  return pino(
    {
      level: logLevel,
      mixin: () => {
        const id = requestId()
        return id === undefined ? {} : { requestId: id }
      },
      redact: { paths: ['*.authorization', '*.token', '*.password'], remove: true },
    },
    pino.destination({ fd: 2, sync: true }),
  )
}
