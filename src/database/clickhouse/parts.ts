/** The size of a list that one placeholder carries. ClickHouse takes 128 KiB (`http_max_field_value_size`), and escapes can double a text. */
const maxBytes = 60_000

/** Splits a list of texts into parts that one query takes each. Nearly every list is one part. */
export function inParts(texts: readonly string[]): string[][] {
  const parts: string[][] = []
  let size = maxBytes
  for (const text of texts) {
    const bytes = Buffer.byteLength(text) + 2
    if (size + bytes > maxBytes) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(text)
    size += bytes
  }
  return parts
}
