# The images for those who prefer Docker: `mangoo-ops build --builder docker` builds them with this.
# `mangoo-ops build` makes the same without Docker.

FROM rust:1.95-bookworm AS program
WORKDIR /mangoo
COPY . .
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/mangoo/target \
    cargo build --locked --package service --bin mangoo --profile image && \
    cp target/image/mangoo /usr/local/bin/mangoo
# What it needs to run, and nothing else: its libraries, certificates, a folder for temporary files.
RUN mkdir -m 755 /image && mkdir -m 1777 /image/tmp && mkdir /image/etc && \
    cp --parents --dereference $(ldd /usr/local/bin/mangoo | grep -o '/[^ ]*') \
      /etc/ssl/certs/ca-certificates.crt /image && \
    cp /usr/local/bin/mangoo /image/mangoo && \
    echo 'hosts: files dns' > /image/etc/nsswitch.conf && \
    echo 'mangoo:x:65532:65532:mangoo:/:/sbin/nologin' > /image/etc/passwd

FROM node:20-bookworm-slim AS page
WORKDIR /mangoo/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund
COPY frontend .
# Compressed copies, as `mangoo page` serves them.
RUN npm run build && \
    node -e 'const z = require("zlib"), fs = require("fs"); \
      for (const f of fs.readdirSync("dist", { recursive: true }).map((f) => `dist/${f}`)) { \
        if (!/\.(html|js|css|svg|json|txt)$/.test(f)) continue; \
        const b = fs.readFileSync(f); \
        fs.writeFileSync(`${f}.br`, z.brotliCompressSync(b)); \
        fs.writeFileSync(`${f}.gz`, z.gzipSync(b, { level: 9 })); \
      }'

FROM scratch AS backend
COPY --from=program /image /
USER 65532:65532
WORKDIR /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt
EXPOSE 8000
ENTRYPOINT ["/mangoo"]
CMD ["serve"]

FROM backend AS frontend
COPY --from=page /mangoo/frontend/dist /page
ENV PAGE_DIR=/page LISTEN=0.0.0.0:80
EXPOSE 80
CMD ["page"]
