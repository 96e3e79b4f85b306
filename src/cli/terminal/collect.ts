/** Collects an option that is repeated. Names can contain commas, so they are not split. */
export function collect(text: string, previous: string[] = []): string[] {
  return [...previous, text]
}
