FROM registry.access.redhat.com/ubi9/python-312:latest
USER 0
RUN microdnf install -y --setopt=tsflags=nodocs gcc-c++-11.4.1 python3.12-devel.x86_64 @development && microdnf clean all
RUN dnf groupinstall -y "Development Tools"
USER 1001
ADD --chown=1001:0 https://example.invalid/req.txt /tmp/req.txt
RUN python3.12 -m pip install --upgrade 'pip<25' 'setuptools' && pip install -r /tmp/req.txt
