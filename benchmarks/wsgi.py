"""The product as gunicorn serves it, with the views to compare with."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgmt.settings")


def _application() -> object:
    from django.conf import settings

    settings.ROOT_URLCONF = "benchmarks.urls"
    return get_wsgi_application()


application = _application()
