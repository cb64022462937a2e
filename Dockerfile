# mailspec in a small image:
#   docker build -t mailspec .
#   docker run --rm mailspec check
#   docker run --rm --network host -v "$PWD:/project" mailspec check --target server.yaml
FROM rust:1-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo install --locked --path . --root /out \
 && strip /out/bin/mailspec

# glibc and the roots of certificates, and nothing else: no shell, no packages.
FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /out/bin/mailspec /usr/local/bin/mailspec
COPY --from=build /source/LICENSE-MIT /source/LICENSE-APACHE /usr/share/doc/mailspec/
WORKDIR /project
ENTRYPOINT ["/usr/local/bin/mailspec"]
CMD ["--help"]
