# The image of web, worker and beat. A test lets hadolint check it; where it was written it could not be built.
FROM python:3.11-slim-bookworm AS build
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
COPY locks/ locks/
# Babel compiles the translations and stays out of the image.
RUN python -m venv /venv \
 && /venv/bin/pip install --require-hashes --no-deps -r locks/run.txt \
 && python -m venv /babel \
 && awk '/^babel==/ {on=1} on {print} on && !/\\$/ {exit}' locks/dev.txt > babel.txt \
 && /babel/bin/pip install --require-hashes --no-deps -r babel.txt
COPY . .
RUN PYTHONPATH=/app:/babel/lib/python3.11/site-packages /venv/bin/python -c \
      'from pathlib import Path; from casemgmt.web.messages import compile_catalogue as make; make(Path())' \
# Static files are collected as production does; the settings want values, of which none is used or kept.
 && CASEMGMT_ENV=production CASEMGMT_STATIC=/app/staticfiles CASEMGMT_FILES=/tmp \
    CASEMGMT_SECRET_KEY=only-for-the-build-and-in-no-running-process CASEMGMT_HOSTS=localhost \
    CASEMGMT_MASTER_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    CASEMGMT_SIGNING_KEY=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= \
    DATABASE_URL=postgresql:///none VAULT_DATABASE_URL=postgresql:///none BROKER_URL=redis://none \
    CASEMGMT_MAIL_URL=smtp://none CASEMGMT_MAIL_FROM=none@localhost.example \
    PYTHONPATH=/app:/app/requests \
    /venv/bin/python manage.py collectstatic --no-input

# pg_dump and pg_restore of the servers' own release, with the libraries that they bring, for backups.
FROM postgres:18-bookworm AS client
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN mkdir -p /client/bin /client/lib \
 && cp /usr/lib/postgresql/18/bin/pg_dump /usr/lib/postgresql/18/bin/pg_restore /client/lib/ \
 && ldd /client/lib/pg_dump /client/lib/pg_restore \
      | awk '$3 ~ "^/" && $1 !~ "^lib(c|m|dl|rt|pthread)[.]so" {print $3}' | sort -u \
      | xargs cp --dereference --target-directory /client/lib \
 && for name in pg_dump pg_restore; do \
      printf '#!/bin/sh\nLD_LIBRARY_PATH=/opt/postgresql/lib exec /opt/postgresql/lib/%s "$@"\n' "$name" \
        > "/client/bin/$name"; \
    done \
 && chmod 0755 /client/bin/pg_dump /client/bin/pg_restore

FROM python:3.11-slim-bookworm
# The libraries that draw letters follow Debian's security updates, so no version is named.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin casemgmt \
 && install -d -o casemgmt -g casemgmt -m 0700 /files /ledger /backups /vault-backups
COPY --from=client /client /opt/postgresql
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/requests \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=casemgmt.settings \
    CASEMGMT_ENV=production \
    CASEMGMT_STATIC=/app/staticfiles \
    CASEMGMT_FILES=/files \
    CASEMGMT_LEDGER=/ledger \
    CASEMGMT_BACKUPS=/backups \
    CASEMGMT_VAULT_BACKUPS=/vault-backups \
    CASEMGMT_PG_BIN=/opt/postgresql/bin
USER 10001
VOLUME /files /ledger
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://localhost:8000/health/', timeout=4)"]
CMD ["python", "-m", "gunicorn", "--config", "scripts/gunicorn_conf.py", "--bind", "0.0.0.0:8000", "casemgmt.wsgi:application"]
