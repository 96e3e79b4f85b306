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
  return <SearchInput label={label} searched={params.get('search') ?? ''} onSearch={(search) => set({ search })} />
}

/** Searches as somebody types, without a search for each letter. */
export function SearchInput({ label, searched, onSearch }: { label: string; searched: string; onSearch: (text: string) => void }) {
  const [text, setText] = useState(searched)
  const timer = useRef<number>(undefined)
  const sent = useRef(searched)
  useEffect(() => {
    // Somebody went back, or followed a link.
    if (searched !== sent.current) setText(searched)
    sent.current = searched
  }, [searched])
  useEffect(() => () => window.clearTimeout(timer.current), [])
  const change = (next: string) => {
    setText(next)
    window.clearTimeout(timer.current)
    timer.current = window.setTimeout(() => {
      sent.current = next
      onSearch(next)
    }, pause)
  }
  return (
    <SearchField className="search" value={text} onChange={change} maxLength={400}>
      <Label>{label}</Label>
      <Input className="input" placeholder="Search…" />
    </SearchField>
  )
}
