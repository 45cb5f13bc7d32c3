"""A hasher of passwords for tests that tell whether one was looked at."""

from django.contrib.auth.hashers import MD5PasswordHasher

# As the setting PASSWORD_HASHERS names it.
COUNTING_HASHER = f"{__name__}.CountingHasher"


class CountingHasher(MD5PasswordHasher):
    """A real hasher, fast, that counts how often it has worked."""

    algorithm = "counting"
    runs = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).runs += 1
        return super().encode(password, salt)
