import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'react-router'

/** The head of a page. It takes the focus when somebody comes from another page, so that screen readers begin there. */
export function PageHead({
  title,
  back,
  badge,
  about,
  children,
}: {
  title: string
  back?: { to: string; name: string } | undefined
  badge?: ReactNode
  about?: ReactNode
  children?: ReactNode
}) {
  const heading = useRef<HTMLHeadingElement>(null)
  const { key } = useLocation()
  const opened = useRef(key)
  useEffect(() => {
    document.title = `${title} · Experiments and feature flags`
  }, [title])
  useEffect(() => {
    // The first page of a visit leaves the focus at the start of the document.
    if (opened.current !== 'default') heading.current?.focus()
  }, [])
  return (
    <div className="page-head">
      {back && (
        <Link className="back" to={back.to}>
          ← {back.name}
        </Link>
      )}
      <div className="page-title">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {badge}
        {children && <div className="page-actions">{children}</div>}
      </div>
      {about && <p className="about">{about}</p>}
    </div>
  )
}

/** What was done on the page that led here. */
export function DoneNote() {
  const { state } = useLocation()
  const done: unknown = state?.done
  if (typeof done !== 'string') return null
  return (
    <p className="note good" role="status">
      {done}
    </p>
  )
}

export function Card({
  title,
  aside,
  children,
  className = '',
}: {
  title?: string
  aside?: ReactNode
  children: ReactNode
  className?: string
}) {
  return (
    <section className={`card ${className}`}>
      {title !== undefined && (
        <header className="card-head">
          <h2>{title}</h2>
          {aside}
        </header>
      )}
      {children}
    </section>
  )
}

/** Names and values side by side. */
export function Facts({ facts }: { facts: [name: string, value: ReactNode][] }) {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
