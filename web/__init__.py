"""The owner's page, for the local network."""

from web.app import create_app

__all__ = ["create_app"]
