RUN early
ARG OK=1
FRM python:3
FROM python:3.12-slim AS one two
FROM python:3.12 AS one
ENV A=1 B
COPY onlyone
COPY --from=5 a b
COPY --from=$X a b
COPY --bogus a b
COPY a b c
FROM python:3.12 AS ONE
RUN --mount=type=bnd,target=/x true
RUN cat <<EOF
never ends
