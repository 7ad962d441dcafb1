# lead-sync's command line and runner: `docker run IMAGE run`, `migrate`, `status`, ...
ARG PYTHON_IMAGE=python:3.13-slim-bookworm

FROM ${PYTHON_IMAGE} AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY runner runner
COPY db db
RUN python3 -m venv /opt/lead-sync \
 && python3 -m venv /tmp/build \
 && /tmp/build/bin/pip wheel --no-cache-dir --no-deps --wheel-dir /tmp/wheel . \
 && /opt/lead-sync/bin/pip install --no-cache-dir /tmp/wheel/*.whl

FROM ${PYTHON_IMAGE}
COPY --from=build /opt/lead-sync /opt/lead-sync
# what `simulator --state` may write to, where a volume is mounted
RUN install -d -o 10001 -g 10001 /var/lib/leadsync
# USER as a variable too: yoyo records who migrates, and this uid has no entry in /etc/passwd
ENV PATH=/opt/lead-sync/bin:$PATH \
    USER=leadsync \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    LEADSYNC_HEALTH_FILE=/tmp/leadsync.alive
WORKDIR /tmp
USER 10001:10001
STOPSIGNAL SIGTERM
# The runner touches the file as long as its main loop turns, at least once a minute.
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=2 \
  CMD ["sh", "-c", "test -n \"$(find /tmp/leadsync.alive -newermt '-2 minutes')\""]
ENTRYPOINT ["leadsync"]
CMD ["run"]
