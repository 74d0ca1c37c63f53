"""django-allauth: who may sign in, and the second factor nobody on the staff can skip."""

from casemgmt.settings.environment import PRODUCTION, number

LOGIN_URL = "/inloggen/"
LOGIN_REDIRECT_URL = "/"
# How many proxies in front of us add to X-Forwarded-For; the address comes from the outermost of these.
TRUSTED_PROXIES = number("CASEMGMT_TRUSTED_PROXIES", 0)
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_LOGOUT_REDIRECT_URL = "/inloggen/"
ACCOUNT_ADAPTER = "casemgmt.accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no mail to addresses we do not know
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False  # a session ends with the browser
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
# The longest that the house rules let a confirmation be valid; an organisation's own (accounts.house) is stricter.
ACCOUNT_REAUTHENTICATION_TIMEOUT = 15 * 60
# Passwords and codes are counted by casemgmt.accounts.limits, as the house rules say; these are never widened.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "20/m/ip,5/m/key",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
    "reset_password": "20/m/ip,3/m/key",
    "reset_password_from_key": "20/m/ip",
}
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "login": "casemgmt.accounts.forms.LoginForm",
    "reauthenticate": "casemgmt.accounts.forms.ReauthenticateForm",
    "change_password": "casemgmt.accounts.forms.ChangePasswordForm",
    "reset_password": "casemgmt.accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "casemgmt.accounts.forms.ResetPasswordKeyForm",
}
MFA_ADAPTER = "casemgmt.accounts.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "casemgmt.accounts.forms.AuthenticateForm",
    "reauthenticate": "casemgmt.accounts.forms.SecondFactorAgainForm",
    "activate_totp": "casemgmt.accounts.forms.ActivateTOTPForm",
    "login_webauthn": "casemgmt.accounts.forms.LoginWebAuthnForm",
    "authenticate_webauthn": "casemgmt.accounts.forms.AuthenticateWebAuthnForm",
    "reauthenticate_webauthn": "casemgmt.accounts.forms.ReauthenticateWebAuthnForm",
    "add_webauthn": "casemgmt.accounts.forms.AddWebAuthnForm",
    "edit_webauthn": "casemgmt.accounts.forms.EditWebAuthnForm",
}
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_RECOVERY_CODE_COUNT = 10
USERSESSIONS_TRACK_ACTIVITY = False
SOCIALACCOUNT_ADAPTER = "casemgmt.accounts.adapter.SocialAccountAdapter"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_STORE_TOKENS = False

STAFF_INVITATION_DAYS = 7
