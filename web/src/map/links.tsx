import type { ReactNode } from 'react'
import { Link } from 'react-router'
import { typeAddress } from '../shell/mapAddress.ts'

export function TypeLink({ name, children = name }: { name: string; children?: ReactNode }) {
  return (
    <Link className="key" to={typeAddress(name)}>
      {children}
    </Link>
  )
}

/** A type of the schema's language, such as `[Flag!]!`, with its name as a link. */
export function TypeText({ type, named }: { type: string; named: string }) {
  const [before = '', after = ''] = type.split(named)
  return (
    <code>
      {before}
      <TypeLink name={named} />
      {after}
    </code>
  )
}

/** A description, in which backticks enclose code. */
export function Description({ text }: { text: string }) {
  return text.split('`').map((part, index) => {
    const key = `${index} ${part}`
    return index % 2 === 1 ? <code key={key}>{part}</code> : <span key={key}>{part}</span>
  })
}
