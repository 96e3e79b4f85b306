/**
 * Returns the value of a fact of a flag. The generated column `facts` holds what follows from a flag, each as `name:value` or as a name.
 *
 * @returns null if the flag has no such fact
 */
export function getFact({ facts }: { facts: readonly string[] }, name: string): string | null {
  const prefix = `${name}:`
  return facts.find((fact) => fact.startsWith(prefix))?.slice(prefix.length) ?? null
}
