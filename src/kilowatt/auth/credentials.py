"""Access keys."""

from pathlib import Path


class CredentialStore:
    @classmethod
    def load(cls, path: Path) -> "CredentialStore":
        raise NotImplementedError

    @classmethod
    def of_pair(cls, access_key_id: str, secret_access_key: str) -> "CredentialStore":
        raise NotImplementedError
