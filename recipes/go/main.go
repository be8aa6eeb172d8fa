// A Go service that accepts the tokens of a gatepost service, with go-jose.
//
// Variables: AUTH_JWKS_URL, like https://auth.example.com/api/auth/jwks; AUTH_ISSUER and AUTH_AUDIENCE, what the service's
// `[jwt]` section says (by default its origin, for both); PORT.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	jose "gopkg.in/square/go-jose.v2"
	"gopkg.in/square/go-jose.v2/jwt"
)

// The algorithms with which the auth service signs. A token that names another one is refused, with any key.
const algorithm = "EdDSA"

// keySet keeps the public keys for ten minutes, and asks again, twice a minute at most, where a token names another one.
type keySet struct {
	sync.Mutex
	url     string
	keys    jose.JSONWebKeySet
	fetched time.Time
}

func (set *keySet) find(kid string) (*jose.JSONWebKey, error) {
	set.Lock()
	defer set.Unlock()
	age := time.Since(set.fetched)
	if len(set.keys.Key(kid)) == 0 && age > 30*time.Second || age > 10*time.Minute {
		client := http.Client{Timeout: 5 * time.Second}
		answer, err := client.Get(set.url)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		var keys jose.JSONWebKeySet
		if err := json.NewDecoder(answer.Body).Decode(&keys); err != nil {
			return nil, err
		}
		set.keys, set.fetched = keys, time.Now()
	}
	if found := set.keys.Key(kid); len(found) == 1 {
		return &found[0], nil
	}
	return nil, fmt.Errorf("no key %q", kid)
}

type claims struct {
	jwt.Claims
	Email        string   `json:"email"`
	Role         string   `json:"role"`
	Organization string   `json:"org_slug"`
	Permissions  []string `json:"org_permissions"`
}

func verify(set *keySet, token, issuer, audience string) (*claims, error) {
	parsed, err := jwt.ParseSigned(token)
	if err != nil {
		return nil, err
	}
	if len(parsed.Headers) != 1 || parsed.Headers[0].Algorithm != algorithm {
		return nil, errors.New("another algorithm")
	}
	key, err := set.find(parsed.Headers[0].KeyID)
	if err != nil {
		return nil, err
	}
	var said claims
	if err := parsed.Claims(key, &said); err != nil {
		return nil, err
	}
	if said.Subject == "" || said.Expiry == nil {
		return nil, errors.New("no subject, or no end")
	}
	expected := jwt.Expected{Issuer: issuer, Audience: jwt.Audience{audience}, Time: time.Now()}
	return &said, said.ValidateWithLeeway(expected, 0)
}

func main() {
	issuer, audience := os.Getenv("AUTH_ISSUER"), os.Getenv("AUTH_AUDIENCE")
	if audience == "" {
		audience = issuer
	}
	set := &keySet{url: os.Getenv("AUTH_JWKS_URL")}
	http.HandleFunc("/me", func(answer http.ResponseWriter, request *http.Request) {
		token := strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")
		said, err := verify(set, token, issuer, audience)
		if err != nil {
			answer.Header().Set("WWW-Authenticate", `Bearer error="invalid_token"`)
			http.Error(answer, err.Error(), http.StatusUnauthorized)
			return
		}
		answer.Header().Set("Content-Type", "application/json")
		json.NewEncoder(answer).Encode(map[string]any{
			"id": said.Subject, "email": said.Email, "role": said.Role,
			"organization": said.Organization, "permissions": said.Permissions,
		})
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil))
}
