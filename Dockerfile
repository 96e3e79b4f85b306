FROM node:24.21.0-trixie-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund
COPY prisma/migrations ./prisma/migrations
COPY web/dist ./web/dist
COPY src ./src
# Fills the compile cache, so that containers start fast. Node keeps one by user, so the user is that of the containers.
USER 1000:1000
ENV NODE_COMPILE_CACHE=/tmp/compile-cache
RUN node --expose-gc --min-semi-space-size=16 --input-type=module --eval "import './src/main.ts'"

FROM node:24.21.0-trixie-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 NODE_COMPILE_CACHE=/app/.compile-cache MALLOC_TRIM_THRESHOLD_=131072
COPY --from=build /app ./
COPY --from=build --chown=1000:1000 /tmp/compile-cache ./.compile-cache
USER 1000:1000
EXPOSE 4000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/health`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--expose-gc", "--min-semi-space-size=16", "src/main.ts"]
