"""What the tests ask of the site besides what an app can: its clients, its tokens, and what it was asked for."""

import json
from collections import Counter
from datetime import timedelta

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from oauth2_provider.models import AccessToken, Application, Grant, RefreshToken

COUNTED = {"authorization_code": "exchanges", "refresh_token": "refreshes"}
counts = Counter(exchanges=0, refreshes=0, refreshed=0, revocations=0)


def count_token_requests(get_response):
    """A middleware that counts the requests to the token and the revocation endpoint."""

    def middleware(request):
        response = get_response(request)
        if request.method == "POST" and request.path == "/o/token/":
            grant_type = request.POST.get("grant_type")
            counts[COUNTED.get(grant_type, "others")] += 1
            if grant_type == "refresh_token" and response.status_code == 200:
                counts["refreshed"] += 1
        if request.method == "POST" and request.path == "/o/revoke_token/":
            counts["revocations"] += 1
        return response

    return middleware


def register(body):
    application = Application.objects.create(
        name="app",
        client_type=Application.CLIENT_PUBLIC,
        authorization_grant_type=Application.GRANT_AUTHORIZATION_CODE,
        redirect_uris=body["redirect_uri"],
        algorithm=Application.RS256_ALGORITHM,
    )
    return {"client_id": application.client_id}


def expire_access_tokens(_body):
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    return {}


def revoke_grants(_body):
    for model in (RefreshToken, AccessToken, Grant):
        model.objects.all().delete()
    return {}


def tell(_body):
    good = AccessToken.objects.filter(expires__gt=timezone.now()).count()
    good += RefreshToken.objects.filter(revoked__isnull=True).count()
    return {"counts": dict(counts), "good_tokens": good}


ACTIONS = {
    "register": register,
    "expire-access-tokens": expire_access_tokens,
    "revoke-grants": revoke_grants,
    "tell": tell,
}


@csrf_exempt
def act(request, action):
    """Carries out one of the actions above."""
    return JsonResponse(ACTIONS[action](json.loads(request.body or "{}")))
