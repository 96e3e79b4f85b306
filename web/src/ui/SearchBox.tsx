import { useEffect, useRef, useState } from 'react'
import { Input } from 'react-aria-components/Input'
import { Label } from 'react-aria-components/Label'
import { SearchField } from 'react-aria-components/SearchField'
import { useFilters } from './Pager.tsx'

/** So long after the last letter the list is searched, in milliseconds. */
const pause = 250

/** Searches a list as somebody types. The text is part of the address. */
export function SearchBox({ label }: { label: string }) {
  const [params, set] = useFilters()
  const address = params.get('search') ?? ''
  const [text, setText] = useState(address)
  const timer = useRef<number>(undefined)
  const sent = useRef(address)
  useEffect(() => {
    // Somebody went back, or followed a link.
    if (address !== sent.current) setText(address)
    sent.current = address
  }, [address])
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const change = (next: string) => {
    setText(next)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      sent.current = next
      set({ search: next })
    }, pause)
  }
  return (
    <SearchField className="search" value={text} onChange={change} maxLength={400}>
      <Label>{label}</Label>
      <Input className="input" placeholder="Search…" />
    </SearchField>
  )
}
