FROM python:3.9-slim-bullseye
RUN set -x \
  && buildDeps="gcc g++ libffi-dev libxml2-dev" \
  && runDeps=' libxml2 libpcre3 ' \
  && apt-get update -qq && apt-get install -y --no-install-recommends $buildDeps ${runDeps} \
  && pip install -U --no-cache-dir 'pip~=23.0' 'wheel' && pip install --no-cache-dir lxml==4.9 uwsgi \
  && apt-get purge -y --auto-remove $buildDeps \
  && find /usr/local -depth -type d -name test -exec rm -rf '{}' +
