"""Addresses of signing in: those of the sign-in library that a practice uses, and no other.

Sign-up, e-mail lists and sign-in by code are not here, so they can't be reached. `account_signup` has a name because the
library asks for it; it answers 404 like a page that does not exist.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path, re_path

from openhour.web.home import views
from openhour.web.home.sign_in import closed, needs_mail, ours

urlpatterns = [
    path("login/", ours(account.login), name="account_login"),
    path("logout/", ours(account.logout), name="account_logout"),
    path("inactive/", ours(account.account_inactive), name="account_inactive"),
    path("signup/", closed, name="account_signup"),
    path("reauthenticate/", ours(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", ours(account.password_change), name="account_change_password"),
    path("password/set/", closed, name="account_set_password"),
    path("password/reset/", needs_mail(ours(account.password_reset)), name="account_reset_password"),
    path("password/reset/done/", needs_mail(ours(account.password_reset_done)), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z:_-]+)/$",
        ours(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        ours(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("sign-ins/", views.sign_ins, name="sign-ins"),
    path("security/", ours(mfa.index), name="mfa_index"),
    path("security/code/", ours(mfa.authenticate), name="mfa_authenticate"),
    path("security/confirm/", ours(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("security/app/add/", ours(totp.activate_totp), name="mfa_activate_totp"),
    path("security/app/remove/", ours(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("security/recovery/", ours(recovery_codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("security/recovery/new/", ours(recovery_codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("security/recovery/file/", ours(recovery_codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("security/keys/", ours(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("security/keys/add/", ours(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("security/keys/confirm/", ours(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("security/keys/sign-in/", ours(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("security/keys/<int:pk>/remove/", ours(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("security/keys/<int:pk>/name/", ours(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
]
