import { isObject } from '../../platform/json.ts'

/** An unchecked row of a file, and its place in the file. */
export interface InputRow {
  file: string
  /** `row 3` of a page, or `line 7` of a file of events. Both count from 1. */
  place: string
  value: unknown
}

/** Describes a row for messages: its file and place, and its id and key if it has them. */
export function describeRow({ file, place, value }: InputRow): string {
  if (!isObject(value)) return `${file}, ${place}`
  const identities = ['id', 'uuid', 'key', 'feature_flag_key'].flatMap((name) => {
    const identity = value[name]
    // As JSON, so that control characters cannot affect the terminal. Shortened, because the value may have any length.
    return typeof identity === 'string' || typeof identity === 'number' ? [`${name} ${JSON.stringify(identity).slice(0, 100)}`] : []
  })
  return identities.length === 0 ? `${file}, ${place}` : `${file}, ${place} (${identities.join(', ')})`
}
