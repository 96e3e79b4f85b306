import { Button } from 'react-aria-components/Button'
import { ListBox, ListBoxItem } from 'react-aria-components/ListBox'
import { Popover } from 'react-aria-components/Popover'
import { Label, Select, SelectValue } from 'react-aria-components/Select'

/** One of several values, by a list that opens. */
export function Choice({
  label,
  value,
  options,
  onChange,
  hideLabel = false,
}: {
  label: string
  value: string
  options: readonly { id: string; name: string }[]
  onChange: (id: string) => void
  hideLabel?: boolean
}) {
  return (
    <Select
      className="choice"
      selectedKey={value}
      onSelectionChange={(id) => id !== null && onChange(String(id))}
      {...(hideLabel ? { 'aria-label': label } : {})}
    >
      {!hideLabel && <Label>{label}</Label>}
      <Button className="button choice-button">
        <SelectValue />
        <span aria-hidden="true" className="caret">
          ▾
        </span>
      </Button>
      <Popover className="popover">
        <ListBox items={options} className="options">
          {({ id, name }) => (
            <ListBoxItem id={id} className="option" textValue={name}>
              {name}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  )
}
