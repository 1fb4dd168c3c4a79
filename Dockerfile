# syntax=docker/dockerfile:1

# Debian, because that is what the tests run on. There is no git in the image: only the sandbox needs it, and the
# sandbox is for trying Supercargo out from a clone of the repository (`npm ci && npm start`).

FROM node:20-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json ./
COPY deploy/bundle.mjs ./deploy/
COPY src ./src
RUN npm run build

FROM node:20-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 SUPERCARGO_DATA=/data
WORKDIR /app
RUN mkdir /data && chown node:node /data && chmod 700 /data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json app.yml LICENSE ./
# The command line, for jobs of a CI and `docker exec`.
RUN ln -s /app/dist/cli/main.js /usr/local/bin/supercargo
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Not by npm: signals must reach the process itself. A small nursery keeps an idle server 25 MB smaller.
CMD ["node", "--enable-source-maps", "--max-semi-space-size=4", "dist/main.js"]
