"""Prints password hashes of Django and passlib as JSON, for make.mjs."""

import json
import sys

import django
from django.conf import settings
from django.contrib.auth.hashers import make_password
from passlib import hash as of_passlib

HASHERS = {
    "pbkdf2": ["PBKDF2PasswordHasher", "PBKDF2SHA1PasswordHasher"],
    "argon2": ["Argon2PasswordHasher"],
    "bcrypt": ["BCryptSHA256PasswordHasher", "BCryptPasswordHasher"],
    "scrypt": ["ScryptPasswordHasher"],
}
names = [name for all in HASHERS.values() for name in all]
settings.configure(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}" for name in names])
django.setup()
password = sys.argv[1]
made = []
for scheme, all in HASHERS.items():
    for name in all:
        algorithm = {
            "PBKDF2PasswordHasher": "pbkdf2_sha256",
            "PBKDF2SHA1PasswordHasher": "pbkdf2_sha1",
            "Argon2PasswordHasher": "argon2",
            "BCryptSHA256PasswordHasher": "bcrypt_sha256",
            "BCryptPasswordHasher": "bcrypt",
            "ScryptPasswordHasher": "scrypt",
        }[name]
        made.append((scheme, f"Django 5.2, {name}", make_password(password, hasher=algorithm)))
for name in ["pbkdf2_sha1", "pbkdf2_sha256", "pbkdf2_sha512"]:
    made.append(("pbkdf2", f"passlib 1.7, {name}", getattr(of_passlib, name).hash(password)))
made.append(("scrypt", "passlib 1.7, scrypt", of_passlib.scrypt.using(rounds=14).hash(password)))
made.append(("argon2", "passlib 1.7, argon2", of_passlib.argon2.using(memory_cost=8192).hash(password)))
made.append(("bcrypt", "passlib 1.7, bcrypt", of_passlib.bcrypt.using(rounds=4).hash(password)))
print(json.dumps([{"scheme": scheme, "made_by": by, "stored": stored} for scheme, by, stored in made]))
