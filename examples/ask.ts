/** Sends a query, and throws if there are errors. */
export async function ask<Data>(url: string, query: string, key?: string): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
    body: JSON.stringify({ query }),
  })
  const { data, errors } = (await response.json()) as { data: Data; errors?: { message: string }[] }
  if (errors !== undefined) throw new Error(`${url} returned errors: ${errors.map(({ message }) => message).join('; ')}`)
  return data
}
