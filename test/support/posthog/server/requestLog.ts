export interface RecordedRequest {
  method: string
  path: string
  search: string
  /** The token of the key, if it came in the header. */
  token: string | null
  headers: Record<string, string | string[] | undefined>
  body: string
  /** 0 while there is no answer, or if there never was one. */
  status: number
}

export interface RequestFilter {
  method?: string
  /** Part of the path, or a pattern for path and query. */
  path?: string | RegExp
  token?: string
  status?: number
}

/** All requests, so that a test can count them. */
export class RequestLog {
  readonly all: RecordedRequest[] = []

  add(request: RecordedRequest): RecordedRequest {
    this.all.push(request)
    return request
  }

  where({ method, path, token, status }: RequestFilter): RecordedRequest[] {
    const isOn = (request: RecordedRequest) => {
      if (path === undefined) return true
      return typeof path === 'string' ? request.path.includes(path) : path.test(`${request.path}${request.search}`)
    }
    return this.all.filter(
      (request) =>
        isOn(request) &&
        (method === undefined || request.method === method) &&
        (token === undefined || request.token === token) &&
        (status === undefined || request.status === status),
    )
  }

  count(filter: RequestFilter = {}): number {
    return this.where(filter).length
  }

  /** How often each key asked for each path. Ids in paths are left out. */
  counts(): Map<string, Map<string, number>> {
    const counts = new Map<string, Map<string, number>>()
    for (const { token, method, path } of this.all) {
      const ofKey = counts.get(token ?? '') ?? new Map<string, number>()
      const name = `${method} ${path.replaceAll(/\/(\d+|[0-9a-f-]{36})(?=\/|$)/g, '/:id')}`
      counts.set(token ?? '', ofKey.set(name, (ofKey.get(name) ?? 0) + 1))
    }
    return counts
  }

  clear(): void {
    this.all.length = 0
  }
}
