-- Where the events of a project are read. A project that is linked to PostHog may leave them there.
CREATE TYPE "event_source" AS ENUM ('stored', 'posthog');
ALTER TABLE "projects" ADD COLUMN "event_source" "event_source" NOT NULL DEFAULT 'stored';
