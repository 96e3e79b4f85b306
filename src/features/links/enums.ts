import { builder } from '../../graphql/builder.ts'

export const LinkMode = builder.enumType('LinkMode', {
  description: 'What a project may do with the project of PostHog that it is linked to.',
  values: {
    MIRROR: { value: 'mirror', description: 'It is read and followed. What is mirrored can only be changed in PostHog.' },
    WRITE_THROUGH: { value: 'write_through', description: 'Mutations are sent to PostHog, and its answers are stored here.' },
  } as const,
})

export const EventPlace = builder.enumType('EventPlace', {
  description: 'Where the events of a linked project are read.',
  values: {
    STORED: { value: 'stored', description: 'Here: as they were imported, or in the ClickHouse that the service is configured with.' },
    POSTHOG: { value: 'posthog', description: 'In PostHog, by its query endpoint. Answers are at most a minute old.' },
  } as const,
})

export const LinkState = builder.enumType('LinkState', {
  description: 'How a link does.',
  values: {
    COPYING: { value: 'copying', description: 'The first copy is under way. Nothing of it is shown until it is complete.' },
    FOLLOWING: { value: 'following', description: 'Changes in PostHog are shown here within seconds.' },
    FAILING: { value: 'failing', description: 'PostHog cannot be reached, or has a fault. It is tried again: see `lastError`.' },
    STOPPED: {
      value: 'stopped',
      description: 'The key was revoked, or may no longer read what it must. An admin must store another one: `updateProjectLink`.',
    },
  } as const,
})
