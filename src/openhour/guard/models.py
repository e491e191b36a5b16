"""The guard's own tables: users, their sign-in sessions, and the trail."""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q

from openhour.guard.actor import Actor
from openhour.guard.roles import Role
from openhour.kernel.guarded import Subject


class UserManager(BaseUserManager["User"]):
    """Makes users; e-mail addresses are compared without regard to case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A user with a hashed password, or with none that works where password is None."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """Sign-in looks users up here."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A member of staff. roles: a list of `Role` values; an unknown word in it counts for nothing.

    temporary_until: until when a one-time password that the owner made works; None where the password is their own.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    roles = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)
    temporary_until = models.DateTimeField(null=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """What the sign-in library shows."""
        return self.name

    def actor(self) -> Actor:
        """The value that queries and verbs take; a user who was switched off holds no role."""
        held = frozenset(role for role in Role if role in self.roles) if self.is_active else frozenset[Role]()
        return Actor(self.pk, self.name, held, f"user:{self.pk}")

    def subject(self) -> Subject:
        """A person of the practice; nobody's chart."""
        return Subject("user", str(self.pk))


class SignInSession(AbstractBaseSession):
    """A server-side session that knows whose it is, so one query brings both and a log-out can end them all."""

    user = models.ForeignKey(User, null=True, on_delete=models.CASCADE, related_name="sign_ins")
    last_seen = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> Any:
        """The store that reads this table, by the name that the settings give it: it imports this module."""
        return import_module(settings.SESSION_ENGINE).SessionStore


class TrailEntry(models.Model):
    """One thing that happened. Never changed, never deleted: the database refuses both.

    seq counts from 1 without gaps. detail holds ids and counts, never a patient's words.
    digest = HMAC-SHA-256 over the entry and the digest before it (`guard.trail`).
    """

    seq = models.BigIntegerField(unique=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    subject_id = models.CharField(max_length=64)
    patient_id = models.CharField(max_length=36, blank=True)
    detail = models.TextField(default="{}")
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "seq"], name="trail_by_patient"),
            models.Index(fields=["actor", "seq"], name="trail_by_actor"),
        ]


class TrailHead(models.Model):
    """The one row that knows the last entry, so that a tail that was cut off is missed. Moved by a trigger."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    count = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(name="trail_has_one_head", condition=Q(id=1))]


class SharedCount(models.Model):
    """What all workers of an installation must count together: attempts to sign in. Django's database cache keeps its
    rows here, and names the columns."""

    cache_key = models.CharField(max_length=255, primary_key=True)
    value = models.TextField()
    expires = models.DateTimeField(db_index=True)
