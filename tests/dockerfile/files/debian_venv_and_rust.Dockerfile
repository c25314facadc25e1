FROM debian:trixie AS build
RUN apt-get update && apt-get install -y python3-venv python3-dev pkgconf curl \
 && curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal
ENV PATH=/root/.cargo/bin:$PATH VIRTUAL_ENV=/opt/app
RUN python3 -m venv --upgrade-deps $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
WORKDIR /src
COPY --link pyproject.toml setup.cfg ./
COPY --link --parents src/**/*.py ./
RUN --network=default pip install --no-build-isolation '.[all,fast]' && cp -r /opt/app /opt/copy && mv /opt/copy /opt/moved
FROM debian:trixie-slim
RUN apt-get update && apt-get install -y python3
COPY --from=build /opt/app /opt/app
COPY --from=build /opt/moved /opt/moved
ENTRYPOINT ["/opt/app/bin/app"]
