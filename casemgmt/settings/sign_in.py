"""django-allauth: who may sign in, and the second factor nobody on the staff can skip."""

from casemgmt.settings.environment import PRODUCTION

LOGIN_URL = "/inloggen/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/inloggen/"
ACCOUNT_ADAPTER = "casemgmt.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # house rule: confirm-again is valid five minutes
ACCOUNT_RATE_LIMITS = {"login_failed": "20/m/ip,5/m/key", "reauthenticate": "10/m/user"}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
MFA_ADAPTER = "casemgmt.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "casemgmt.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False

# Minutes and hours of the house rules (house-rules: session).
STAFF_IDLE_MINUTES, STAFF_ABSOLUTE_HOURS = 20, 12
PORTAL_IDLE_MINUTES, PORTAL_ABSOLUTE_HOURS = 15, 2
