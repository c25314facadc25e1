FROM python:3.12-slim
ARG PACKAGES
ARG VERSION
RUN pip install $(cat packages.txt)
RUN for p in $(ls /x); do pip install "$p"; done
RUN for p in flask "gunicorn>=20"; do pip install $p; done
RUN pip install foo==$VERSION $PACKAGES $UNSET_ANYWHERE
RUN if [ -f /etc/alpine-release ]; then apk add gcc; else apt-get install -y gcc; fi && pip install bar
RUN curl -fsSL https://example.invalid/install.sh | sh
RUN conda install -y numpy && conda run -n base pip install inside
RUN python setup.py install
RUN pip install -r https://example.invalid/r.txt -r /nowhere/r.txt
RUN grep -v '^#' /tmp/a | xargs pip install
RUN echo one two | xargs -n 1 pip install
RUN pip install a && (cd /tmp; pip install ./pkg) || true
RUN pip install 'unclosed
