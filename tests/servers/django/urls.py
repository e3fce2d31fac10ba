"""Django's own login page, the toolkit's pages and endpoints, and an API that wants a token."""

from django.conf import settings
from django.http import JsonResponse
from django.urls import include, path
from oauth2_provider import urls as oauth2_urls
from oauth2_provider.views.generic import ScopedProtectedResourceView
from oauth2_provider.views.mixins import ProtectedResourceMetadataMixin

import control


class PlainFiles(ScopedProtectedResourceView):
    """Answers whose token it was shown; without a good one it is a bare 403, which is what the toolkit does by itself."""

    required_scopes = ["files:read"]

    def get(self, request):
        return JsonResponse({"login": request.resource_owner.get_username()})


class Files(ProtectedResourceMetadataMixin, PlainFiles):
    """The same with the challenges of RFC 6750 and RFC 9728, for which the toolkit has to be asked."""


urlpatterns = [
    path("accounts/", include("django.contrib.auth.urls")),
    path("o/", include(oauth2_urls)),
    path("v1/files", (PlainFiles if settings.IS_PLAIN else Files).as_view()),
    path("control/<slug:action>", control.act),
]
if not settings.IS_PLAIN:
    # The issuer has a path, and RFC 8414 puts that behind the well-known part.
    urlpatterns += oauth2_urls.metadata_urlpatterns
