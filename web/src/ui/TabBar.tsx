import type { ReactNode } from 'react'
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components/Tabs'
import { useFilters } from './Pager.tsx'

export interface TabPart {
  id: string
  name: string
  content: () => ReactNode
}

/** Parts of a page, one at a time. The address says which one, so that it can be shared. */
export function TabBar({ label, parts }: { label: string; parts: readonly TabPart[] }) {
  const [params, set] = useFilters()
  const [first] = parts
  const shown = parts.find(({ id }) => id === params.get('tab')) ?? first
  if (shown === undefined || first === undefined) return null
  return (
    <Tabs selectedKey={shown.id} onSelectionChange={(id) => set({ tab: id === first.id ? null : String(id) })}>
      <TabList className="tab-list" aria-label={label}>
        {parts.map(({ id, name }) => (
          <Tab key={id} id={id} className="tab">
            {name}
          </Tab>
        ))}
      </TabList>
      {parts.map(({ id, content }) => (
        <TabPanel key={id} id={id} className="tab-panel">
          {content()}
        </TabPanel>
      ))}
    </Tabs>
  )
}
