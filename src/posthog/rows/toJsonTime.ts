/** A time as the REST API prints it. */
export function toJsonTime(time: unknown): string | null {
  return time instanceof Date ? time.toISOString().replace('Z', '000Z') : null
}

/** A person as rows embed one. The numbers of people differ between servers, so the e-mail address identifies the person. */
export function toJsonPerson(user: unknown): { email: string; first_name: string } | null {
  const { email, firstName } = (user ?? {}) as { email?: string; firstName?: string }
  return email === undefined ? null : { email, first_name: firstName ?? '' }
}
