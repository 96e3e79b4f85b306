-- With Redis, messages are sent after the commit. They are kept here until then, in case their server is killed in between.
CREATE TABLE "unsent_messages" (
    "id" SERIAL NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "unsent_messages_pkey" PRIMARY KEY ("id")
);
