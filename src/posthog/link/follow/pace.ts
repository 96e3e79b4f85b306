import type { Marks } from './marks.ts'

// How often the lists of a link are read. Links with the same key share its limits: each gets the same part of them, and those where something
// changed a moment ago get more. So no project waits for another one, and none is forgotten.

/** What the links of a key are, and what its limits leave them. */
export interface Demand {
  /** The links that are followed with the key. */
  links: number
  /** Those of them where something changed lately, in PostHog. */
  busy: number
  /** Those whose first copy is under way. */
  copying: number
  /** Whether the link in question is one of the busy ones. */
  isBusy: boolean
  /** Whether PostHog's activity log can be read: one request then says whether any list has news. */
  hasLog: boolean
  pollSeconds: number
  requestsPerHour: number
  /** The part of the requests for following that is left in this hour, from 0 to 1. */
  left: number
}

/** Seconds between two readings, of each kind. */
export interface Pace {
  /** Between two rounds. */
  round: number
  /** The lists of flags and experiments. Longer than a round where the log says whether they have news. */
  lists: number
  /** The lists of archived ones. */
  archived: number
  log: number
  requests: number
  /** What the intervals of all other lists are multiplied by. */
  others: number
}

/** The part of the limits that following has, less room for the rows that it finds. */
const sustainable = (2 / 3) * 0.85
/** What is left of it while a first copy is under way, which would not get a request otherwise. */
const besideCopies = 0.6
/** The part of it that goes to flags and experiments where it does not suffice for everything. */
const mainShare = 0.8
/** A link where something changed lately is asked so many times as often as another one. The more of them there are, the less. */
const maxBusyWeight = 3
/** Intervals up to so many times the polling interval are for reading the lists themselves. The log can miss entries. */
const nearEnough = 3
/** Requests a second that a link needs for all that is not flags and experiments: the log and change requests each minute, other lists. */
const othersNeed = (1 + 2 + 1.8) / 60
/** The same where archived rows are read each minute, instead of each round. */
const archivedNeed = 2 / 60
/** How often the lists are read although the log says nothing: it can miss entries. */
const roundsWithoutNews = 5
/** Below this part of the hour's requests, following slows down, so that it never stands still. */
const scarce = 0.15
const maxSlowdown = 6

export function paceOf({ links, busy, copying, isBusy, hasLog, pollSeconds, requestsPerHour, left }: Demand): Pace {
  const count = Math.max(1, links)
  const perSecond = ((requestsPerHour * sustainable) / 3_600) * (copying > 0 ? besideCopies : 1)
  const slowdown = left >= scarce ? 1 : Math.min(maxSlowdown, scarce / Math.max(left, 0.001))
  const poll = pollSeconds * slowdown
  // Four lists each round.
  if (count * (4 / Math.max(1, pollSeconds) + othersNeed) <= perSecond) {
    return { round: poll, lists: poll, archived: poll, log: Math.max(60, poll), requests: Math.max(60, poll), others: slowdown }
  }
  const busyLinks = Math.min(busy, count)
  const busyWeight = maxBusyWeight - (maxBusyWeight - 1) * (busyLinks / count)
  // A link with news needs two lists. Of a quiet one, the log says in one request that there are none.
  const roundWith = (requestsOfQuiet: number) => {
    const ofAll = (count - busyLinks) * requestsOfQuiet + busyLinks * busyWeight * 2
    return Math.ceil(ofAll / (perSecond * mainShare * (isBusy ? busyWeight : 1)))
  }
  const usesLog = hasLog && roundWith(2) > pollSeconds * nearEnough
  const asksLog = usesLog && !isBusy
  const round = Math.max(pollSeconds, roundWith(usesLog ? 1 + 2 / roundsWithoutNews : 2)) * slowdown
  const others = Math.max(1, (count * (othersNeed + archivedNeed)) / (perSecond * (1 - mainShare))) * slowdown
  return {
    round,
    lists: asksLog ? round * roundsWithoutNews : round,
    archived: Math.max(round, 60 * others),
    log: asksLog ? round : 60 * others,
    requests: 60 * others,
    others,
  }
}

/** When the next round is due: when the lists are, or the log. A round that a webhook called has read neither. */
export function nextRound({ flags, experiments, log }: Marks, { round, lists, log: logSeconds }: Pace, startedAt: Date): Date {
  const due = (readAt: string | null, seconds: number) => (readAt === null ? startedAt.getTime() : Date.parse(readAt)) + seconds * 1_000
  const times = [due(flags.active.readAt, lists), due(experiments.active.readAt, lists), ...(log.off ? [] : [due(log.readAt, logSeconds)])]
  return new Date(Math.min(startedAt.getTime() + round * 1_000, ...times))
}

/** How long after a change a link counts as busy, in seconds. */
export const busySeconds = 600
