ARG V
FROM python:${V
FROM Python:3
FROM python:3.12
ENV A=${B:~x} C="unclosed
WORKDIR ${A
RUN --frobnicate true
