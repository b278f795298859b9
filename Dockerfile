# docker compose up --build; docs/operations.md has the rest.
FROM node:24-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm pack --ignore-scripts --pack-destination /tmp && mv /tmp/claude-coord-*.tgz /tmp/claude-coord.tgz

FROM node:24-bookworm-slim
# What Claude's tools use: git, and ps for its own processes.
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates git procps ripgrep && rm -rf /var/lib/apt/lists/*
RUN npm install --global npm@11 && npm install --global --allow-scripts=@anthropic-ai/claude-code @anthropic-ai/claude-code
COPY --from=build /tmp/claude-coord.tgz /tmp/claude-coord.tgz
RUN npm install --global /tmp/claude-coord.tgz && rm /tmp/claude-coord.tgz && mkdir /projects && chown node:node /projects
# Not root: Claude runs commands as this user.
USER node
WORKDIR /projects
# Config, sessions, Claude's login and transcripts: all that must outlive the container.
VOLUME ["/home/node", "/projects"]
HEALTHCHECK --interval=30s --timeout=20s --start-period=60s --retries=3 CMD ["claude-coord", "status"]
STOPSIGNAL SIGTERM
CMD ["claude-coord", "serve"]
