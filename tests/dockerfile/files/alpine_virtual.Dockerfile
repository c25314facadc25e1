FROM python:3.12-alpine3.20
RUN apk add --no-cache libstdc++ libpq \
 && apk add --no-cache --virtual .build-deps gcc g++ musl-dev postgresql-dev cargo~=1.78
WORKDIR /srv
ADD requirements/ /srv/requirements/
RUN pip3.12 install --no-cache-dir --prefer-binary -r requirements/prod.txt -c requirements/constraints.txt \
 && apk del .build-deps
