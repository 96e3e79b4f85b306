import { type Logger, pino } from 'pino'
import type { Config } from './config.ts'
import { requestId } from './requestScope.ts'

export type { Logger }

/** Creates the logger. It writes lines of JSON to standard error, with the request id. Authorization headers, tokens and passwords are removed. */
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
