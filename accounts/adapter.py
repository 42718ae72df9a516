"""How allauth makes our people."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from .addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up with a name; everything else is allauth's."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)
