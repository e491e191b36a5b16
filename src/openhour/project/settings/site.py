"""A practice's own installation. Everything that differs between practices comes from the environment:

OPENHOUR_HOME      where the database and the keys lie (default: var/ beside the checkout)
OPENHOUR_DATABASE  postgresql://user:password@host:port/name (default: SQLite in OPENHOUR_HOME)
OPENHOUR_HOSTS     the names the server answers to, comma-separated (default: localhost)
OPENHOUR_SHELF     a folder with the practice's own definitions (default: shelf/ in OPENHOUR_HOME)
OPENHOUR_IDLE_MINUTES  minutes until a sign-in that lies idle ends (default: 15)
OPENHOUR_REQUIRE_SECOND_FACTOR  0 where a password alone may open the practice (default: 1)
OPENHOUR_PROXIES   how many reverse proxies stand in front of the server (default: 0)
OPENHOUR_MAIL      smtp://user:password@host:port?from=address or smtps://… (default: no mail is sent)
OPENHOUR_HTTPS     0 where the server is reached without TLS on the same machine only (default: 1)
"""

from __future__ import annotations

import os
from pathlib import Path

from openhour.project.settings._database import database_from
from openhour.project.settings._keys import key_file
from openhour.project.settings._mail import mail_from
from openhour.project.settings._numbers import whole_number

HOME = Path(os.environ.get("OPENHOUR_HOME", Path(__file__).resolve().parents[4] / "var"))
LOCAL_SHELF = Path(os.environ.get("OPENHOUR_SHELF", HOME / "shelf"))
IDLE_MINUTES = whole_number("OPENHOUR_IDLE_MINUTES", 15, least=1)
HTTPS = os.environ.get("OPENHOUR_HTTPS", "1") != "0"
REQUIRE_SECOND_FACTOR = os.environ.get("OPENHOUR_REQUIRE_SECOND_FACTOR", "1") != "0"
PROXIES = whole_number("OPENHOUR_PROXIES", 0, least=0)
DEMO = False

DEBUG = False
SECRET_KEY = key_file(HOME / "secret.key").hex()
TRAIL_KEY = key_file(HOME / "trail.key")
ALLOWED_HOSTS = [name.strip() for name in os.environ.get("OPENHOUR_HOSTS", "localhost,127.0.0.1").split(",")]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "openhour.guard",
    "openhour.records",
    "openhour.ui",
    "openhour.web",
    "openhour.portal",
    "openhour.project",
]

MIDDLEWARE = [
    "openhour.project.headers.HeadersMiddleware",  # outermost: on the redirect to https too
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "openhour.guard.middleware.SignedInMiddleware",
    "openhour.guard.middleware.ActorMiddleware",
    "openhour.guard.middleware.FirstStepsMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "openhour.project.urls"
WSGI_APPLICATION = "openhour.project.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "NAME": "jinja2",
        "APP_DIRS": True,  # <app>/jinja2/
        "OPTIONS": {"environment": "openhour.ui.environment.environment"},
    },
    {
        # The texts of the sign-in library's mails; its pages are ours, in Jinja2 (web/jinja2/account, web/jinja2/mfa).
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "NAME": "django",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": database_from(os.environ.get("OPENHOUR_DATABASE", ""), HOME / "practice.sqlite3")}
# Attempts are counted by all workers together; in memory each would count for itself.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "guard_sharedcount",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Signing in
AUTH_USER_MODEL = "guard.User"
SESSION_ENGINE = "openhour.guard.sessions"
SESSION_COOKIE_NAME = "openhour"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "openhour.web.errors.csrf_failure"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "openhour.guard.adapter.StaffOnly"
MFA_ADAPTER = "openhour.guard.adapter.SecondFactor"
MFA_FORMS = {
    "add_webauthn": "openhour.guard.forms.AddKey",
    "authenticate_webauthn": "openhour.guard.forms.UseKey",
    "login_webauthn": "openhour.guard.forms.SignInWithKey",
    "reauthenticate_webauthn": "openhour.guard.forms.ConfirmWithKey",
    "edit_webauthn": "openhour.guard.forms.NameKey",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the owner gives the address; nobody signs up with one
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Openhour"
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "login"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "openhour.web.errors.too_many"
AXES_CLIENT_IP_CALLABLE = "openhour.guard.adapter.client_ip"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False

# What the browser is told
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    },
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"  # stored in UTC; every page shows times in the site's own zone

MAIL = mail_from(os.environ.get("OPENHOUR_MAIL", ""))
SENDS_MAIL = MAIL is not None
if MAIL is None:
    EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
else:
    EMAIL_HOST, EMAIL_PORT, EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = MAIL.host, MAIL.port, MAIL.user, MAIL.password
    EMAIL_USE_SSL, EMAIL_USE_TLS = MAIL.ssl, MAIL.starttls
    DEFAULT_FROM_EMAIL = SERVER_EMAIL = MAIL.sender

DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Logs name routes and codes. Request bodies, query strings and exception values stay out of them.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"()": "openhour.project.logs.QuietFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
    },
}
