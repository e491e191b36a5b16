"""How the sign-in library is held: staff accounts are made by the practice's owner, nobody signs up, and every sign-in,
failed sign-in, log-out and change of a password or second factor leaves an entry in the trail.

The library calls these; nobody else does. They refuse a one-time password after its time, and the removal of the last
second factor where the practice requires one.
"""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO
from typing import Any, ClassVar, cast

import qrcode
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.internal.httpkit import get_client_ip
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from qrcode.image.svg import SvgPathFillImage

from openhour.guard import trail
from openhour.guard.actor import COMMAND_LINE, Actor
from openhour.guard.models import User

NOT_SIGNED_IN = Actor(None, "", frozenset(), "not-signed-in")


def client_ip(request: HttpRequest) -> str:
    """The address that attempts are counted by; behind proxies as many hops back as OPENHOUR_PROXIES says."""
    return get_client_ip(request) or "0.0.0.0"  # noqa: S104  a key for counting, nothing is bound to it


def _record(actor: Actor, action: str, user: User | None, **detail: Any) -> None:
    with transaction.atomic():
        trail.write(actor, action, user, at=timezone.now(), **detail)


class StaffOnly(DefaultAccountAdapter):
    """No sign-up page; sign-in, log-out and passwords as the library does them, with their entries."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": "The e-mail address and the password don't fit together. Check both.",
        "incorrect_password": "That is not your password.",
        "enter_current_password": "That is not your password as it is now.",
        "too_many_login_attempts": "Too many attempts. Wait some minutes, then try again.",
        "rate_limited": "Too many attempts. Wait some minutes, then try again.",
        "invalid_password_reset": "This link was used already, or is too old. Ask for a new one.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The library's own notices ("Successfully signed in as …") are noise; its errors are kept."""
        level = args[1] if len(args) > 1 else kwargs.get("level", 0)
        if level >= 40:
            super().add_message(*args, **kwargs)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page about signing in, which says that it was done."""
        messages.success(request, "Your password is changed.")
        return reverse("mfa_index")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The user whose password it is; nobody where it is a one-time password whose time is over."""
        user = cast("User | None", super().authenticate(request, **credentials))
        if user is not None and user.temporary_until is not None and user.temporary_until < timezone.now():
            self.authentication_failed(request, **credentials)
            return None
        return user

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """What was typed stays out of the trail: it may be a password in the wrong field."""
        user = User.objects.filter(email=str(credentials.get("email", "")).strip().lower()).first()
        _record(NOT_SIGNED_IN, "user.sign-in-failed", user)

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """Ask for the password again before something that matters."""
        found = self.authenticate(context.request, email=cast(User, user).email, password=password)
        return found is not None and found.pk == user.pk

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Signed in: a new session key, and an entry."""
        super().login(request, user)
        _record(cast(User, user).actor(), "user.signed-in", cast(User, user))

    def logout(self, request: HttpRequest) -> None:
        """Signed out: the session's row is deleted, and an entry written."""
        user = request.user
        super().logout(request)
        if isinstance(user, AnonymousUser) or not user.is_authenticated:
            return
        known = User.objects.get(pk=user.pk)
        _record(known.actor(), "user.signed-out", known)

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """A password of their own: the one-time password is over."""
        known = cast(User, user)
        known.temporary_until = None
        super().set_password(user, password)
        _record(known.actor(), "user.password-changed", known)


class SecondFactor(DefaultMFAAdapter):
    """Second factors, sealed at rest with a key of the installation."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "That code doesn't fit. Wait for the next one and try again.",
        "cannot_delete_authenticator": "Your practice requires a second factor. Add another one before you remove this.",
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        return _seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what `encrypt` sealed. Raises InvalidToken where the key was changed."""
        return _seal().decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one, where the practice requires one."""
        if not settings.REQUIRE_SECOND_FACTOR:
            return True
        kept = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=["totp", "webauthn"])
        return kept.exclude(pk=authenticator.pk).exists()

    def build_totp_svg(self, url: str) -> str:
        """The picture to scan, on a white ground of its own: on a dark page a phone would not see it."""
        drawn = BytesIO()
        qrcode.make(url, image_factory=SvgPathFillImage).save(drawn)
        return drawn.getvalue().decode()

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """What a new key is called until its owner says better."""
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return "My key" if not count else f"My key {count + 1}"

    def get_totp_label(self, user: AbstractBaseUser) -> str:
        """What the authenticator app shows."""
        return cast(User, user).email


def _seal() -> Fernet:
    key = hashlib.sha256(b"openhour second factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))


def record_factors() -> None:
    """Write an entry whenever a second factor comes or goes, in the transaction in which it does. The library has no
    other place for it; its own signals are sent after the transaction."""
    post_save.connect(_came, sender=Authenticator, dispatch_uid="guard.factor.added")
    post_delete.connect(_went, sender=Authenticator, dispatch_uid="guard.factor.removed")


def _came(sender: Any, instance: Authenticator, created: bool, **_: Any) -> None:
    if created:
        _changed(instance, "added")


def _went(sender: Any, instance: Authenticator, **_: Any) -> None:
    _changed(instance, "removed")


def _changed(factor: Authenticator, word: str) -> None:
    user = User.objects.filter(pk=factor.user_id).first()
    actor = user.actor() if context.request is not None and user is not None else COMMAND_LINE
    _record(actor, f"user.factor-{word}", user, factor=str(factor.type))
