# escape=`
FROM python:3.12-slim
RUN apt-get update && `
    apt-get install -y gcc `
    # comment
    && pip install `
    cffi
RUN echo C:\dir
