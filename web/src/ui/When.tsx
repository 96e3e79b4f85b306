import { relative } from './words.ts'

/** A time as people say it, and exactly on demand. */
export function When({ at }: { at: string }) {
  const exact = new Date(at).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' })
  return (
    <time dateTime={at} title={exact}>
      {relative(at, new Date())}
    </time>
  )
}
