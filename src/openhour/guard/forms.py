"""The sign-in library's passkey forms, made to refuse what is no credential at all.

What a browser sends is checked by the library; a hand-made body of another shape would pass as an error of the server.
Named in the settings (MFA_FORMS); used by the library alone.
"""

from __future__ import annotations

import json
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as library
from django import forms

LONGEST = 20_000  # characters; a real one has about two thousand
# What reading a body of another shape raises in the parser of the credential and of its parts.
_OTHER_SHAPE = (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError)


class CredentialField(forms.JSONField):
    """One JSON object, not too long."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> Any:
        """The object. Raises ValidationError for everything else."""
        if isinstance(value, str) and len(value) > LONGEST:
            raise get_adapter().validation_error("incorrect_code")
        try:
            found = super().to_python(value)
        except (ValueError, RecursionError) as error:  # numbers of thousands of digits, brackets without end
            raise get_adapter().validation_error("incorrect_code") from error
        if found is not None and not isinstance(found, dict):
            raise get_adapter().validation_error("incorrect_code")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Nothing is given back: a credential is made anew for each attempt."""
        return ""

    def bound_data(self, data: Any, initial: Any) -> Any:
        """As above."""
        return json.dumps(None)


class AddKey(library.AddWebAuthnForm):
    """Add a passkey or security key."""

    credential = CredentialField(required=True)
    name = forms.CharField(required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Check it. Raises ValidationError for what is no credential."""
        try:
            return super().clean()
        except _OTHER_SHAPE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class _Shown:
    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _OTHER_SHAPE as error:
            raise get_adapter().validation_error("incorrect_code") from error


class UseKey(_Shown, library.AuthenticateWebAuthnForm):
    """A key after the password."""

    credential = CredentialField(required=True)


class SignInWithKey(_Shown, library.LoginWebAuthnForm):
    """A passkey alone."""

    credential = CredentialField(required=True)


class ConfirmWithKey(_Shown, library.ReauthenticateWebAuthnForm):
    """A key, before something that matters."""

    credential = CredentialField(required=True)


class NameKey(library.EditWebAuthnForm):
    """Another name for a key."""

    name = forms.CharField(required=True, max_length=60)
