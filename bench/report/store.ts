import { mkdir, readFile, writeFile } from 'node:fs/promises'

const folder = new URL('../results/', import.meta.url)

/** Writes a file of results/. */
export async function store(name: string, content: object | string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(new URL(name, folder), typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`)
}

/** Reads a file of results/. Null if there is none yet. */
export async function readStored<Content>(name: string): Promise<Content | null> {
  const text = await readFile(new URL(name, folder), 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as Content)
}
