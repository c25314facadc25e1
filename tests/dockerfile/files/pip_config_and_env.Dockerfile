FROM python:3.12-slim
ENV PIP_INDEX_URL=https://pypi.example.invalid/simple PIP_ONLY_BINARY=":all:" PIP_NO_BINARY=lxml
ENV PIP_EXTRA_INDEX_URL="https://a.example.invalid/simple https://b.example.invalid/simple"
COPY pip.conf /etc/pip.conf
RUN pip config set global.trusted-host pypi.example.invalid && pip config set install.prefer-binary true
RUN PIP_INDEX_URL=https://other.example.invalid/simple pip install -qU --pre --no-deps requests -f https://links.example.invalid
RUN export PIP_CONSTRAINT=/c.txt; pip install --target /opt/lib --platform manylinux2014_x86_64 --python-version 3.12 --only-binary=:all: numpy
RUN pip install --user black && pip install --prefix=/install isort && sudo -H pip3 install --root /r mypy
RUN pip download -d /dl six && pip uninstall -y six && pip list
