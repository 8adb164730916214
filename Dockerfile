# One image, both programs: `router ...` and `operator ...` are its arguments.
# RUN lines use relative paths only, so that test/kit/image.ts can do what they say without a
# container engine.

# The Node that the project runs on; package.json has the same version.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json cli.ts ./
COPY config config
COPY dataplane dataplane
COPY operator operator
RUN npm run build

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# Declarations and source maps are a third of what is installed, and nothing reads them at run time.
RUN find node_modules -type f '(' -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' ')' -delete

FROM node:${NODE_VERSION}-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="semantic-router-maas" \
      org.opencontainers.image.description="Routes LLM requests by meaning, and the operator that runs it on Kubernetes." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
# What a request leaves behind is small, or a large body that is freed only when the objects around
# it are. A young generation of 4 MB instead of 16 is emptied before bodies pile up, and stays in a
# core's cache; docs/performance.md has the figures.
ENV NODE_OPTIONS=--max-semi-space-size=4
WORKDIR /app
COPY --from=dependencies /dependencies/node_modules node_modules
COPY --from=build /build/dist ./
COPY package.json LICENSE ./
# A number, so that the kubelet can see that it is not root.
USER 65532:65532
ENTRYPOINT ["node", "/app/cli.js"]
