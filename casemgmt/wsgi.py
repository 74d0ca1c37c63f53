"""The web process."""

import os

from django.core.wsgi import get_wsgi_application

from casemgmt.base.closed import close_to_others

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "casemgmt.settings")
close_to_others()
application = get_wsgi_application()
