"""A FastAPI service that accepts the tokens of a gatepost service.

Variables: AUTH_JWKS_URL, like https://auth.example.com/api/auth/jwks; AUTH_ISSUER and AUTH_AUDIENCE, what the service's
`[jwt]` section says (by default its origin, for both); AUTH_ALGORITHMS, if it signs in another way than EdDSA; AUTH_JWKS_COOLDOWN, the
seconds for which an unknown key is not asked for again.
"""

import os

import jwt
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

ISSUER = os.environ["AUTH_ISSUER"]
AUDIENCE = os.environ.get("AUTH_AUDIENCE", ISSUER)
ALGORITHMS = os.environ.get("AUTH_ALGORITHMS", "EdDSA").split(",")

# Fetched once, then again after ten minutes or, twice a minute at most, where a token names a key that it does not have.
COOLDOWN = float(os.environ.get("AUTH_JWKS_COOLDOWN", "30"))
keys = jwt.PyJWKClient(os.environ["AUTH_JWKS_URL"], lifespan=600, timeout=5, cooldown_duration=COOLDOWN)
bearer = HTTPBearer()


def claims(credentials: HTTPAuthorizationCredentials = Depends(bearer)) -> dict:
    """What the caller's token says, or a 401."""
    token = credentials.credentials
    try:
        return jwt.decode(
            token,
            keys.get_signing_key_from_jwt(token).key,
            algorithms=ALGORITHMS,
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "iss", "aud", "sub"]},
        )
    except jwt.PyJWKClientConnectionError as error:
        raise HTTPException(503, "The keys cannot be read", {"Retry-After": "1"}) from error
    except jwt.PyJWTError as error:
        raise HTTPException(401, str(error), {"WWW-Authenticate": 'Bearer error="invalid_token"'}) from error


app = FastAPI()


@app.get("/me")
def me(who: dict = Depends(claims)) -> dict:
    return {
        "id": who["sub"],
        "email": who.get("email"),
        "role": who.get("role"),
        "organization": who.get("org_slug"),
        "permissions": who.get("org_permissions", []),
    }
