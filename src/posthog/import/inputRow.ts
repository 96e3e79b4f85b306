import { isObject } from '../../platform/json.ts'

/** A row as a file has it, and where it stands there. */
export interface InputRow {
  file: string
  /** `row 3` of a page, `line 7` of a file with one event a line; both count from 1. */
  place: string
  value: unknown
}

/** Names a row for a person: its file, its place, and its id and key where it has them. */
export function describeRow({ file, place: position, value }: InputRow): string {
  if (!isObject(value)) return `${file}, ${position}`
  const identities = ['id', 'uuid', 'key', 'feature_flag_key'].flatMap((name) => {
    const identity = value[name]
    // As JSON, so that nothing in a name can move a terminal's cursor; cut, because it may be anything.
    return typeof identity === 'string' || typeof identity === 'number' ? [`${name} ${JSON.stringify(identity).slice(0, 100)}`] : []
  })
  return identities.length === 0 ? `${file}, ${position}` : `${file}, ${position} (${identities.join(', ')})`
}
