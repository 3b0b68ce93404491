# livetally, for compose.yaml: built with everything, shipped with what it needs to run.
FROM node:24.21.0-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN npm run build && npm prune --omit=dev --ignore-scripts

FROM node:24.21.0-bookworm-slim
ENV NODE_ENV=production LIVETALLY_DATA=/data
# A new volume takes owner and mode from here.
RUN install -d -o node -g node -m 0700 /data
WORKDIR /app
COPY --from=build /build/package.json /build/LICENSE /build/NOTICE ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
COPY --from=build /build/bin ./bin
COPY --from=build /build/sql ./sql
COPY --from=build /build/demo ./demo
COPY --from=build /build/docs ./docs
USER node
ENTRYPOINT ["node", "/app/bin/livetally.js"]
CMD ["--help"]
